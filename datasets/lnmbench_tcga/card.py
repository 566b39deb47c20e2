"""What a TCGA cohort is, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import Card
from lnmbench.records import Source

_LICENSE = "open access under the NIH Genomic Data Sharing Policy"
_CITATION = (
    "The Cancer Genome Atlas Research Network; Liu et al., Cell 2018, "
    "doi 10.1016/j.cell.2018.02.052"
)
SOURCE = Source(
    license=f"{_LICENSE}; images CC BY 3.0",
    steps=(
        "open the Genomic Data Commons, https://portal.gdc.cancer.gov, and choose the project "
        "(TCGA-LUAD, TCGA-LUSC, …)",
        "of its files, take data category Clinical, format BCR Biotab, and download "
        "nationwidechildrens.org_clinical_patient_CANCER.txt (open access, no login)",
        "for images, download the collection of the same name from The Cancer Imaging Archive or "
        "the Imaging Data Commons, with segmentations of the tumor",
        "keep all of it below one folder and give that as root",
    ),
    citation=_CITATION,
)


def make_card(codes: Sequence[str], *, images: bool = False) -> Card:
    """Return the card of the joined cancers."""
    names = "+".join(code.upper() for code in codes)
    return Card(
        title=f"TCGA {names}, clinical tables{' and images' if images else ''}",
        license=_LICENSE,
        source="TCGA clinical Biotab, from the NCI Genomic Data Commons",
        citation=_CITATION,
        labels="pn: pathological N class of the resected specimen; pt: pathological T class. "
        "Editions of the AJCC manual from the 3rd to the 7th are mixed",
        notes=(
            "Few patients have images, and their hospitals and protocols differ. TCGA has no "
            "tumor outlines of its own: say whose segmentations you used."
            if images
            else "Clinical variables alone: they tell little of the nodes.",
            "Race adds to a model here mostly by whether it was recorded at all, a trace of the "
            "contributing hospital; race=false leaves it out.",
            "The cancer type is the cohort's enrolment diagnosis; it stands for what a biopsy "
            "shows before surgery.",
            f"Surgical series: patients who were not operated on are absent{_rare(codes)}.",
        ),
    )


def _rare(codes: Sequence[str]) -> str:
    return ", and N3 is rare" if set(codes) <= {"luad", "lusc"} else ""
