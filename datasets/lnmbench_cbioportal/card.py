"""The card of a study, its download, and notes on a cohort."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Card, Column
from lnmbench.records import Source
from lnmbench.tables import decode_text, read_content
from lnmbench.text import clean, plural
from lnmbench_cbioportal.study_files import StudyFiles

_LICENSE = "ODbL 1.0, and the terms of the study"
_CITATION = (
    "Cerami et al., Cancer Discov 2012, doi 10.1158/2159-8290.CD-12-0095; "
    "Gao et al., Sci Signal 2013, doi 10.1126/scisignal.2004088"
)
_TCGA = (
    "The Cancer Genome Atlas Research Network; Liu et al., Cell 2018, "
    "doi 10.1016/j.cell.2018.02.052"
)
_LONGEST = 300
SOURCE = Source(
    license=_LICENSE,
    steps=(
        "open https://www.cbioportal.org/datasets and download a study whose clinical data have "
        "the pathological N category, for example one of TCGA; unpack it, and pass its folder as "
        "root (data_clinical_patient.txt, data_clinical_sample.txt)",
        "or open the study in the portal, download its clinical data (TSV), and pass that file",
    ),
    citation=_CITATION,
)


def read_meta(path: Path | None) -> Mapping[str, str]:
    """Return the fields of `meta_study.txt` (name, citation, …), none without the file."""
    if path is None:
        return {}
    text, _ = decode_text(read_content(path), path)
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): clean(value)[:_LONGEST] for key, colon, value in pairs if colon}


def make_card(files: StudyFiles, meta: Mapping[str, str]) -> Card:
    """Return the card of a study.

    Parameters
    ----------
    files
        The files of the study.
    meta
        The fields of its `meta_study.txt`.
    """
    name = clean(files.name)[:_LONGEST]
    study = meta.get("citation") or (_TCGA if "tcga" in name.casefold() else "")
    return Card(
        title=f"cBioPortal: {meta.get('name') or name}, clinical tables",
        license=_LICENSE,
        source=f"https://www.cbioportal.org, study {name}",
        citation="; ".join(filter(None, (study, _CITATION))),
        labels="pn: pathological N category of the resected specimen; pt: pathological T stage, of "
        "the AJCC edition of the year. histology, ct and grade, if recorded: histological type, "
        "clinical T stage, and grade",
        notes=(
            "Clinical variables only: they carry little information about nodal status.",
            "A column is a feature only if it is known before surgery by its name: age, sex, race, "
            "smoking, site, earlier diseases, clinical N category. Pathology, molecular tests, "
            "treatment and survival are not.",
            "Race is predictive mostly through whether it was recorded, which depends on the "
            "hospital; race=false removes it.",
            "Surgical series: patients without surgery are not included.",
        ),
    )


def describe_cohort(
    columns: Sequence[Column],
    values: Mapping[str, Sequence[str]],
    *,
    excluded: int,
    patients: int,
) -> Iterator[str]:
    """Yield notes on excluded patients, missing values of the features and unused columns.

    Parameters
    ----------
    columns
        The columns of the cohort.
    values
        The values of each column, by its name.
    excluded
        Number of patients excluded for neoadjuvant therapy.
    patients
        Number of patients before.
    """
    if excluded:
        yield (
            f"{excluded} of {patients} patients had neoadjuvant treatment and are excluded "
            "(neoadjuvant=true includes them)"
        )
    features = [column.name for column in columns if column.role == "feature"]
    missing = ", ".join(f"{name} {values[name].count('')}" for name in features)
    yield f"missing values in the features: {missing or 'no feature'}"
    yield (
        f"{plural(len(features), 'variable')} known before surgery: all other columns are no "
        "features. Pathology, molecular tests, treatment and survival are known only later; the "
        "rest is administrative or of unknown time"
    )
