"""Images in, patches out: SimpleITK volumes brought to the geometry of the cohort file."""
