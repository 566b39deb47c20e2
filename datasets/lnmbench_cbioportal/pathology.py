"""Findings of pathology as auxiliary labels: histological type and grade, never features."""

from __future__ import annotations

from collections.abc import Iterator

from lnmbench import Column
from lnmbench.text import join_spelling
from lnmbench_cbioportal.study import Study
from lnmbench_cbioportal.variables import Values, merge_case

_TYPES = (
    "HISTOLOGICAL_DIAGNOSIS",
    "TUMOR_TYPE",
    "CANCER_TYPE_DETAILED",
)
_GRADE = ("GRADE", "Neoplasm Histologic Grade", "HISTOLOGICAL_GRADE")
_GRADES = ("G1", "G2", "G3", "G4")


def read_findings(study: Study) -> Iterator[Values]:
    """Yield the histological type and the grade, if at least two categories are known."""
    types = merge_case(study.read(*_TYPES))
    categories = tuple(sorted(set(types) - {""}))
    if len(categories) > 1:
        yield (
            Column(
                name="histology",
                role="aux",
                kind="nominal",
                label="histology",
                categories=categories,
                known="after",
                description="histological type as recorded",
            ),
            types,
        )
    grades = [_read_grade(cell) for cell in study.read(*_GRADE)]
    known = tuple(grade for grade in _GRADES if grade in grades)
    if len(known) > 1:
        yield (
            Column(
                name="grade",
                role="aux",
                kind="ordinal",
                label="grade",
                categories=known,
                known="after",
                description="grade of differentiation of the tumor; GX and other scales: unknown",
            ),
            grades,
        )


def _read_grade(cell: str) -> str:
    return next((grade for grade in _GRADES if join_spelling(grade) == join_spelling(cell)), "")
