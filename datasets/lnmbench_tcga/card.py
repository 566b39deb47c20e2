"""The card of a TCGA cohort, its download, and notes on a cohort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lnmbench import Card, Column
from lnmbench.records import Source
from lnmbench_tcga.stages import NODES, TUMOR, describe_stages

NEOADJUVANT = "history_neoadjuvant_treatment"

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
        "filter its files by data category Clinical and format BCR Biotab, and download "
        "nationwidechildrens.org_clinical_patient_CANCER.txt (open access, no login)",
        "for images, download the collection of the same name from The Cancer Imaging Archive or "
        "the Imaging Data Commons, with segmentations of the tumor",
        "put all files below one folder and pass it as root",
    ),
    citation=_CITATION,
)


def make_card(codes: Sequence[str], *, images: bool = False) -> Card:
    """Return the card of a cohort of these cancers."""
    names = "+".join(code.upper() for code in codes)
    return Card(
        title=f"TCGA {names}, clinical tables{' and images' if images else ''}",
        license=_LICENSE,
        source="TCGA clinical Biotab, from the NCI Genomic Data Commons",
        citation=_CITATION,
        labels="pn: pathological N category of the resected specimen; pt: pathological T stage. "
        "Both are from the 3rd to the 7th edition of the AJCC manual. histology, ct and grade, if "
        "recorded: histological type of the specimen, clinical T stage, and grade",
        notes=(
            "Few patients have images, from different hospitals and protocols. TCGA has no tumor "
            "outlines: report whose segmentations you used."
            if images
            else "Clinical variables only: they carry little information about nodal status.",
            "Race is predictive mostly through whether it was recorded, which depends on the "
            "hospital; race=false removes it.",
            "The cancer type is the diagnosis at enrollment and is used as the diagnosis of the "
            "biopsy.",
            f"Surgical series: patients without surgery are not included{_describe_n3(codes)}.",
        ),
    )


def _describe_n3(codes: Sequence[str]) -> str:
    return ", and N3 is rare" if set(codes) <= {"luad", "lusc"} else ""


def describe_rows(
    rows: Sequence[Mapping[str, str]],
    selected: Sequence[Mapping[str, str]],
    values: Mapping[str, Sequence[str]],
    features: Sequence[Column],
) -> Iterator[str]:
    """Yield notes on the patients, their stages and the features of a cohort.

    Parameters
    ----------
    rows
        All patients as dicts of text.
    selected
        The patients of the cohort.
    values
        The values of each feature, by its name.
    features
        The columns of the features.
    """
    if len(selected) < len(rows):
        yield (
            f"{len(rows) - len(selected)} of {len(rows)} patients had neoadjuvant treatment and "
            "are excluded (neoadjuvant=true includes them)"
        )
    yield from describe_stages([row[NODES] for row in selected], [row[TUMOR] for row in selected])
    missing = ", ".join(f"{c.name} {values[c.name].count('')}" for c in features)
    yield f"missing values in the features: {missing}"
    yield (
        f"{len(features)} variables known before surgery are used. All other columns are not: "
        "pathology, molecular tests, treatment and outcome are known only later; the rest is "
        "administrative, mostly empty, or undated (performance status)"
    )


def describe_forms(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Yield a note on forms without the treatment before surgery."""
    recorded = {row["cancer"] for row in rows if row[NEOADJUVANT]}
    unrecorded = sorted({row["cancer"] for row in rows} - recorded)
    if unrecorded:
        yield (
            f"{', '.join(unrecorded)}: the form does not record neoadjuvant treatment; all "
            "patients are included"
        )
