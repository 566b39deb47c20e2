"""What a TCGA cohort is, and what to beware of."""

from __future__ import annotations

from collections.abc import Sequence

from lnmbench import Card


def make_card(codes: Sequence[str]) -> Card:
    """Return the card of the joined cancers."""
    names = "+".join(code.upper() for code in codes)
    return Card(
        title=f"TCGA {names}, clinical tables",
        licence="open access under the NIH Genomic Data Sharing Policy",
        source="TCGA clinical Biotab, from the NCI Genomic Data Commons",
        citation="The Cancer Genome Atlas Research Network; "
        "Liu et al., Cell 2018, doi 10.1016/j.cell.2018.02.052",
        labels="pn: pathological N class of the resected specimen; pt: pathological T class. "
        "Editions of the AJCC manual from the 3rd to the 7th are mixed",
        notes=(
            "Clinical variables alone: they tell little of the nodes.",
            "Race adds to a model here mostly by whether it was recorded at all, a trace of the "
            "contributing hospital; race=false leaves it out.",
            "The cancer type is the cohort's enrolment diagnosis; it stands for what a biopsy "
            "shows before surgery.",
            "Surgical series: patients who were not operated on are absent, and N3 is rare.",
        ),
    )
