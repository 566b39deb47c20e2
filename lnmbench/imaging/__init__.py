"""CT images: DICOM and volume files, tumor regions, and the patches of the cohort file."""
