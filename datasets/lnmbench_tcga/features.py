"""The features of a TCGA cohort, as its files hold them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lnmbench import Column
from lnmbench_tcga.variables import MISSING, NEVER_SMOKED, PACK_YEARS, SMOKING, Variable


def read_features(
    rows: Sequence[Mapping[str, str]], variables: Sequence[Variable], *, cancers: int
) -> tuple[dict[str, list[str]], list[Column]]:
    """Return the cells of each feature, and its column; features without values are left out."""
    values = {v.name: [_cell(row, v) for row in rows] for v in variables}
    values[PACK_YEARS] = [
        "0" if not pack_years and smoking == NEVER_SMOKED else pack_years
        for pack_years, smoking in zip(values[PACK_YEARS], values[SMOKING], strict=True)
    ]
    columns = [_column(v, values[v.name]) for v in variables if len(set(values[v.name]) - {""}) > 1]
    if cancers > 1:
        values["cancer"] = [row["cancer"] for row in rows]
        columns.append(_cancer_column(values["cancer"]))
    return {column.name: values[column.name] for column in columns}, columns


def _cell(row: Mapping[str, str], variable: Variable) -> str:
    cells = (row[source] for source in variable.sources if source in row)
    return next((cell for cell in cells if cell and cell not in MISSING), "")


def _column(variable: Variable, cells: Sequence[str]) -> Column:
    found = () if variable.kind == "continuous" else tuple(sorted(set(cells) - {""}))
    return Column(
        name=variable.name,
        role="feature",
        kind=variable.kind,
        unit=variable.unit,
        categories=variable.categories or found,
        description=variable.description,
    )


def _cancer_column(cells: Sequence[str]) -> Column:
    return Column(
        name="cancer",
        role="feature",
        kind="nominal",
        categories=tuple(dict.fromkeys(cells)),
        description="TCGA's cohort: the cancer type that a biopsy shows",
    )
