"""What Lung1 is, how to get it, and what its labels are not."""

from __future__ import annotations

from lnmbench import Card
from lnmbench.records import Source

CLINICAL = (
    "CLINICAL N: no patient's nodes were examined by pathology. Clinical.N.Stage is what imaging "
    "suggested before radiotherapy"
)
CARD = Card(
    title="NSCLC-Radiomics, Lung1 (TCIA)",
    license="CC BY-NC 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2015.PF0M9REI",
    citation="Aerts H. J. W. L. et al., Decoding tumour phenotype by noninvasive imaging using a "
    "quantitative radiomics approach, Nat Commun 2014, doi 10.1038/ncomms5006",
    labels="cn: the CLINICAL N class (by imaging, AJCC of the time). It is no pathological truth: "
    "a model learns to repeat what the reader of the same images said",
    notes=(
        CLINICAL,
        "Patients had radiotherapy, alone or with chemotherapy: most are not operable, so stages "
        "are higher than in a surgical cohort.",
        "Tumor: ROI GTV-1 of the RTSTRUCT, else segment 'Neoplasm, Primary' of the SEG; "
        "LUNG1-128 has no SEG. Later GTVs are nodes and further lesions.",
        "The clinical T class is known before treatment and is a feature. Overall stage holds the "
        "N class and is left out, as are M class and survival.",
    ),
)
SOURCE = Source(
    license=CARD.license,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2015.PF0M9REI",
        "download the clinical data (NSCLC-Radiomics-Lung1.clinical-version3-Oct-2019.csv)",
        "download the images with the NBIA Data Retriever (about 35 GB), or with idc-index from "
        "the Imaging Data Commons (collection nsclc_radiomics)",
        "keep all of it below one folder and give that as root; names of folders do not matter",
    ),
    citation=CARD.citation,
)
