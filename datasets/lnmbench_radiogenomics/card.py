"""What NSCLC Radiogenomics is, how to get it, and what its labels are."""

from __future__ import annotations

from lnmbench import Card
from lnmbench.records import Source

CARD = Card(
    title="NSCLC Radiogenomics (TCIA)",
    license="CC BY 3.0",
    source="The Cancer Imaging Archive, doi 10.7937/K9/TCIA.2017.7hs46erv",
    citation="Bakr S. et al., A radiogenomic dataset of non-small cell lung cancer, "
    "Sci Data 2018, doi 10.1038/sdata.2018.202",
    labels="Pathological N and T of the resected specimen, AJCC 7 (there is no T1c); the patients "
    "AMC-… have no pathological stages",
    notes=(
        "Histology is not a feature: the table does not say whether it was read from a biopsy or "
        "from the specimen. Mutations, grade and invasion were read from the specimen.",
        "Few events (33 pN+, 18 pN2) and almost no signal in the clinical variables: no ranking "
        "of methods is to be expected.",
        "Dates in the table are shifted; none is used.",
    ),
)
WITHOUT_IMAGES = "No images: this is the clinical table alone."
WITH_IMAGES = (
    "144 patients, all R01-…, have a segmentation (series 1000, by Stanford). The CT is the one "
    "that it was drawn on; scouts, other planes and PET/CT are not used. Scanners and protocols "
    "differ, contrast too."
)
SOURCE = Source(
    license=CARD.license,
    steps=(
        "open the collection's page: https://doi.org/10.7937/K9/TCIA.2017.7hs46erv",
        "download the clinical data (CSV)",
        "download the images with the NBIA Data Retriever (about 100 GB), or with idc-index from "
        "the Imaging Data Commons (collection nsclc_radiogenomics)",
        "keep all of it below one folder and give that as root; names of folders do not matter",
    ),
    citation=CARD.citation,
)
