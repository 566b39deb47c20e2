"""Features of a TCGA cohort: pre-operative variables, their sources and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lnmbench import Column
from lnmbench.records import Kind

MISSING = (
    "[Not Available]",
    "[Not Applicable]",
    "[Not Evaluated]",
    "[Unknown]",
    "[Discrepancy]",
    "[Completed]",
    "[Pending]",
)
PACK_YEARS = "pack_years"
SMOKING = "smoking"
NEVER_SMOKED = "Lifelong Non-smoker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A pre-operative variable. `sources` are its column names in the files of the cancers."""

    name: str
    sources: tuple[str, ...]
    kind: Kind = "nominal"
    unit: str | None = None
    categories: tuple[str, ...] = ()
    description: str


# The site is visible on CT; the files of the cancers use different columns for it.
VARIABLES = (
    Variable(
        name="age",
        sources=("age_at_initial_pathologic_diagnosis", "age_at_diagnosis"),
        kind="continuous",
        unit="years",
        description="age at diagnosis",
    ),
    Variable(
        name="sex",
        sources=("gender",),
        kind="binary",
        categories=("FEMALE", "MALE"),
        description="sex as recorded",
    ),
    Variable(name="race", sources=("race",), description="race as recorded"),
    Variable(
        name=SMOKING,
        sources=("tobacco_smoking_history_indicator",),
        description="smoking history at diagnosis",
    ),
    Variable(
        name=PACK_YEARS,
        sources=("tobacco_smoking_pack_years_smoked",),
        kind="continuous",
        unit="pack-years",
        description="pack-years; 0 for a lifelong non-smoker without a record",
    ),
    Variable(
        name="site",
        sources=("anatomic_organ_subdivision", "anatomic_neoplasm_subdivision"),
        description="part of the organ with the tumor",
    ),
    Variable(
        name="location",
        sources=("location_lung_parenchyma",),
        description="central or peripheral in the lung",
    ),
)


def read_features(
    rows: Sequence[Mapping[str, str]], variables: Sequence[Variable], *, cancers: int
) -> tuple[dict[str, list[str]], list[Column]]:
    """Return the values and the column of each feature; constant features are left out.

    Parameters
    ----------
    rows
        The patients as dicts of text, with their `cancer`.
    variables
        The variables to read.
    cancers
        Number of cancers in the cohort; of several, the cancer is a feature.
    """
    values = {v.name: [_read_cell(row, v) for row in rows] for v in variables}
    values[PACK_YEARS] = [
        "0" if not pack_years and smoking == NEVER_SMOKED else pack_years
        for pack_years, smoking in zip(values[PACK_YEARS], values[SMOKING], strict=True)
    ]
    columns = [
        _make_column(v, values[v.name]) for v in variables if len(set(values[v.name]) - {""}) > 1
    ]
    if cancers > 1:
        values["cancer"] = [row["cancer"] for row in rows]
        columns.append(_make_cancer_column(values["cancer"]))
    return {column.name: values[column.name] for column in columns}, columns


def _read_cell(row: Mapping[str, str], variable: Variable) -> str:
    cells = (row[source] for source in variable.sources if source in row)
    return next((cell for cell in cells if cell and cell not in MISSING), "")


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


def _make_cancer_column(cells: Sequence[str]) -> Column:
    return Column(
        name="cancer",
        role="feature",
        kind="nominal",
        categories=tuple(dict.fromkeys(cells)),
        description="TCGA project: the cancer type, as known from the biopsy",
    )
