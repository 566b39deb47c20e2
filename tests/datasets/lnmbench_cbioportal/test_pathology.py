"""Histology and grade: auxiliary labels known after surgery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lnmbench_cbioportal.cbioportal import Cbioportal


def test_grades_are_one_scale_and_unknown_otherwise(write_study: Callable[..., Path]) -> None:
    data = Cbioportal(write_study(), neoadjuvant=True)
    (grade,) = (column for column in data.columns if column.name == "grade")
    assert (grade.role, grade.known, grade.categories) == ("aux", "after", ("G1", "G2", "G3"))
    assert [case.values["grade"] for case in data.cases()] == ["G1", "G3", "", "G2", ""]


def test_one_type_is_no_label(write_study: Callable[..., Path]) -> None:
    assert "histology" not in {column.name for column in Cbioportal(write_study()).columns}
