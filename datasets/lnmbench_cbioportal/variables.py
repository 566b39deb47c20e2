"""Features of a study: variables that are known before surgery, and the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench.records import Kind
from lnmbench_cbioportal.study import Study

RACE = "race"
# ">89" is the age of patients whose age would identify them: it is read as 89.
_BOUNDS = "<>=≤≥ "
# 1 is the code of lifelong non-smokers in the forms of TCGA.
_NEVER_SMOKED = (
    "1",
    "lifelong non-smoker",
    "lifelong non-smoker (<100 cigarettes smoked in lifetime)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable that is known before surgery. `sources` are ids and display names of its column.

    Categories that are not given here come from the study.
    """

    name: str
    sources: tuple[str, ...]
    kind: Kind = "nominal"
    unit: str | None = None
    categories: tuple[str, ...] = ()
    description: str


# Survival, treatment, pathology and molecular columns are no features of any study: a column is a
# feature only if it is in this list.
VARIABLES = (
    Variable(
        name="age",
        sources=("AGE", "AGE_AT_DIAGNOSIS", "Diagnosis Age"),
        kind="continuous",
        unit="years",
        description="age at diagnosis",
    ),
    Variable(
        name="sex",
        sources=("SEX", "GENDER"),
        kind="binary",
        categories=("Female", "Male"),
        description="sex as recorded",
    ),
    Variable(name=RACE, sources=("RACE", "Race Category"), description="race as recorded"),
    Variable(
        name="smoking",
        sources=(
            "TOBACCO_SMOKING_HISTORY_INDICATOR",
            "SMOKING_HISTORY",
            "Patient Smoking History Category",
        ),
        description="smoking history at diagnosis",
    ),
    Variable(
        name="pack_years",
        sources=("SMOKING_PACK_YEARS", "Person Cigarette Smoking History Pack Year Value"),
        kind="continuous",
        unit="pack-years",
        description="pack-years",
    ),
    Variable(
        name="site",
        sources=(
            "PRIMARY_SITE_PATIENT",
            "Patient Primary Tumor Site",
            "ICD_O_3_SITE",
            "International Classification of Diseases for Oncology, Third Edition "
            "ICD-O-3 Site Code",
        ),
        description="part of the organ with the tumor, visible on CT",
    ),
    Variable(
        name="location",
        sources=("LOCATION_LUNG_PARENCHYMA",),
        description="central or peripheral in the lung",
    ),
    Variable(
        name="prior_cancer",
        sources=("PRIOR_DX", "Prior Diagnosis", "HISTORY_OTHER_MALIGNANCY"),
        description="cancer before this one",
    ),
    Variable(
        name="family_history",
        sources=("FAMILY_HISTORY_OF_CANCER", "Family History of Cancer"),
        description="cancer in the family",
    ),
    Variable(
        name="alcohol",
        sources=("ALCOHOL_HISTORY_DOCUMENTED", "Alcohol History Documented"),
        description="history of alcohol consumption",
    ),
    Variable(
        name="diabetes",
        sources=("DIABETES_DIAGNOSIS_INDICATOR",),
        description="diabetes mellitus",
    ),
    Variable(
        name="pancreatitis",
        sources=("HISTORY_CHRONIC_PANCREATITIS",),
        description="history of chronic pancreatitis",
    ),
    Variable(
        name="menopause", sources=("MENOPAUSE_STATUS", "Menopause Status"), description="menopause"
    ),
    Variable(
        name="cancer",
        sources=("CANCER_TYPE_ACRONYM", "TCGA PanCanAtlas Cancer Type Acronym"),
        description="TCGA project: the cancer type, as known from the biopsy",
    ),
)

Values = tuple[Column, list[str]]
"""A column, and its value for each patient."""


def read_features(study: Study, *, race: bool) -> Iterator[Values]:
    """Yield the features of a study with their values; columns with one value are left out.

    Parameters
    ----------
    study
        The study.
    race
        Whether the recorded race is a feature.
    """
    for variable in VARIABLES:
        if variable.name == RACE and not race:
            continue
        cells = _read_varied(study, variable.sources)
        if variable.name == "pack_years":
            cells = _complete_pack_years(cells, study)
        if variable.kind == "continuous":
            cells = [cell.lstrip(_BOUNDS) for cell in cells]
        cells = merge_case(cells)
        if len(set(cells) - {""}) > 1:
            yield _make_column(variable, cells), cells


def _read_varied(study: Study, sources: Sequence[str]) -> list[str]:
    """Return the cells of the first source that has different values, as an organ has none."""
    columns = [study.read(source) for source in sources]
    return next((cells for cells in columns if len(set(cells) - {""}) > 1), columns[0])


def merge_case(cells: Sequence[str]) -> list[str]:
    """Return the cells with one spelling for those that differ in case and blanks only."""
    spellings = {
        " ".join(text.casefold().split()): text for text in sorted(set(cells), reverse=True)
    }
    return [spellings[" ".join(text.casefold().split())] for text in cells]


def _complete_pack_years(cells: Sequence[str], study: Study) -> list[str]:
    """Return 0 pack-years for patients who never smoked and have no record."""
    smoking = next(variable for variable in VARIABLES if variable.name == "smoking")
    return [
        "0" if not cell and history.casefold() in _NEVER_SMOKED else cell
        for cell, history in zip(cells, study.read(*smoking.sources), strict=True)
    ]


def _make_column(variable: Variable, cells: Sequence[str]) -> Column:
    categories = () if variable.kind == "continuous" else tuple(sorted(set(cells) - {""}))
    return Column(
        name=variable.name,
        role="feature",
        kind=variable.kind,
        unit=variable.unit,
        categories=variable.categories or categories,
        description=variable.description,
    )
