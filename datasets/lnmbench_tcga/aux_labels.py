"""Auxiliary labels of a TCGA cohort: T stages, histological type and grade."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lnmbench import Column
from lnmbench.text import join_spelling
from lnmbench_tcga.biotab import HISTOLOGY
from lnmbench_tcga.features import MISSING
from lnmbench_tcga.stages import TUMOR, format_counts, make_tumor_column, read_tumor_stage

AuxLabel = tuple[Column, Sequence[str]]
"""A column, and its value for each patient."""

LABELS = ("pt", "ct", "histology", "grade")
# The forms of the cancers name these columns differently.
_CLINICAL = ("ajcc_tumor_clinical_ct", "clinical_T")
_GRADE = ("tumor_grade", "neoplasm_histologic_grade")
_GRADES = (("G1", "G2", "G3", "G4"), ("Low Grade", "High Grade"))
_UNGRADED = ("GX", "GB")
_UNSPECIFIED = re.compile(r"[\s,-]*not otherwise specified(\s*\(nos\))?", re.IGNORECASE)
_MISSPELLED = {"Caricnoma": "Carcinoma"}


def make_aux_labels(
    rows: Sequence[Mapping[str, str]], cancers: Iterable[str]
) -> tuple[AuxLabel, ...]:
    """Return the auxiliary labels that have at least two categories in the cohort.

    Parameters
    ----------
    rows
        The patients as dicts of text.
    cancers
        The cancers of the cohort.
    """
    codes = tuple(cancers)
    pathological = [read_tumor_stage(_read_cell(row, TUMOR)) for row in rows]
    clinical = [read_tumor_stage(_read_cell(row, *_CLINICAL)) for row in rows]
    types = _merge_case([read_type(_read_cell(row, HISTOLOGY)) for row in rows])
    grades = [_read_cell(row, *_GRADE) for row in rows]
    candidates = (
        (make_tumor_column("pt", pathological, codes), pathological),
        (make_tumor_column("ct", clinical, codes), clinical),
        (_make_type_column(types), types),
        _make_grades(grades),
    )
    return tuple((column, values) for column, values in candidates if column is not None)


def read_type(cell: str) -> str:
    """Return a histological type in a normalized spelling, or an empty text if unknown.

    Examples
    --------
    >>> read_type("Stomach  Adenocarcinoma  Not Otherwise Specified (NOS)")
    'Stomach Adenocarcinoma, NOS'
    """
    if cell.startswith("[") and cell.endswith("]"):
        return ""  # a mark of missing values that is not among the known ones
    text = " ".join(_UNSPECIFIED.sub(", NOS", cell).split()).removeprefix(", ")
    for wrong, right in _MISSPELLED.items():
        text = text.replace(wrong, right)
    return text


def describe_aux_labels(
    rows: Sequence[Mapping[str, str]], labels: Sequence[AuxLabel]
) -> Iterator[str]:
    """Yield notes on unknown types and grades, and on labels that the cohort lacks.

    Parameters
    ----------
    rows
        The patients as dicts of text.
    labels
        Their auxiliary labels.
    """
    values = {column.name: cells for column, cells in labels}
    for name, sources in (("histology", (HISTOLOGY,)), ("grade", _GRADE)):
        unknown = Counter(
            _name_unknown(_read_cell(row, *sources) or _find_cell(row, *sources))
            for row, value in zip(rows, values.get(name, ()), strict=False)
            if not value
        )
        if unknown:
            yield f"{name}: counted as unknown: {format_counts(unknown)}"
    lacking = [name for name in LABELS if name not in values]
    if lacking:
        names = ", ".join(lacking)
        yield (
            f"{names}: fewer than two categories are known, so the cohort has no auxiliary label "
            f"{names}"
        )


def _make_type_column(types: Sequence[str]) -> Column | None:
    categories = tuple(sorted(set(types) - {""}))
    if len(categories) < 2:
        return None
    return Column(
        name="histology",
        role="aux",
        kind="nominal",
        label="histology",
        categories=categories,
        known="after",
        description="histological type as recorded, with normalized spelling",
    )


def _make_grades(cells: Sequence[str]) -> tuple[Column | None, Sequence[str]]:
    """Return the grades by the scale with more patients; other values are unknown."""
    readings = [[_find_category(cell, scale) for cell in cells] for scale in _GRADES]
    grades = max(readings, key=lambda values: sum(map(bool, values)))
    scale = _GRADES[readings.index(grades)]
    categories = tuple(grade for grade in scale if grade in grades)
    if len(categories) < 2:
        return None, grades
    column = Column(
        name="grade",
        role="aux",
        kind="ordinal",
        label="grade",
        categories=categories,
        known="after",
        description="grade of differentiation of the tumor",
    )
    return column, grades


def _find_category(cell: str, scale: Sequence[str]) -> str:
    return next((grade for grade in scale if join_spelling(grade) == join_spelling(cell)), "")


def _merge_case(types: Sequence[str]) -> list[str]:
    """Return the types with one spelling for those that differ in upper and lower case only."""
    spellings = {text.casefold(): text for text in sorted(set(types), reverse=True)}
    return [spellings[text.casefold()] for text in types]


def _name_unknown(cell: str) -> str:
    """Return an unknown value as notes name it, which quote no free text."""
    if not cell:
        return "empty"
    return cell if cell in MISSING or cell in _UNGRADED else "another spelling"


def _find_cell(row: Mapping[str, str], *names: str) -> str:
    return next((row[name] for name in names if name in row), "")


def _read_cell(row: Mapping[str, str], *names: str) -> str:
    """Return the first known cell of the columns that the form has, or an empty text."""
    cells = (row.get(name, "") for name in names)
    return next((cell for cell in cells if cell and cell not in MISSING), "")
