"""Guesses about a column: kind, categories, labels, reports, and problems."""

from __future__ import annotations

import pytest
from lnmbench_table.guesses import guess_column, guess_label, is_report


@pytest.mark.parametrize(
    ("name", "cells", "label"),
    [
        ("pN", ["N0", "N2", ""], "pn"),
        ("T", ["pT1a", "TX", "Tis"], "pt"),
        ("cN", ["N0", "N1"], ""),
        ("clinical T", ["T1", "T2"], ""),
        ("pN", ["N0", "yes"], ""),
        ("pN", [], ""),
    ],
)
def test_cells_suggest_a_label_unless_the_name_says_clinical(
    name: str, cells: list[str], label: str
) -> None:
    assert guess_label(name, cells) == label


@pytest.mark.parametrize(
    ("name", "label", "is_late"), [("pN", "pn", True), ("N", "", True), ("cN", "", False)]
)
def test_a_label_needs_a_name_of_pathology(name: str, label: str, is_late: bool) -> None:
    guess = guess_column(name, ["N0", "N1", "NX"])
    assert (guess.label, guess.verdict.time == "after") == (label, is_late)


def test_positive_comes_last_and_missing_spellings_are_listed() -> None:
    guess = guess_column("smoker", ["yes", "no", "NA", "", "[Unknown]"])
    assert (guess.kind, guess.categories) == ("binary", ("no", "yes"))
    assert guess.missing == ("NA", "[Unknown]")


@pytest.mark.parametrize(
    ("cells", "problem"),
    [
        (["", "NA"], "is empty"),
        (["a", "a"], "has only one value"),
        (["2020-01-02", "2021-05-06", "2022-01-01"], "contains dates"),
        (
            ["1", "2", "3", "x"],
            "mixes numbers with 1 text ('x'): give numbers with values, or list as missing",
        ),
        (
            ["1", "2", "3", "1e400"],
            "mixes numbers with 1 text ('1e400'): give numbers with values, or list as missing",
        ),
        ([f"text {index}" for index in range(20)], "has 20 different texts"),
    ],
)
def test_a_column_that_cannot_be_used_has_a_problem(cells: list[str], problem: str) -> None:
    assert guess_column("x", cells).problem == problem


def test_a_report_is_long_text_under_a_name_of_imaging() -> None:
    texts = ["Mass in the right upper lobe, no effusion, no lymph nodes."]
    assert is_report("CT report", texts)
    assert not is_report("CT report", ["short"])
    assert not is_report("pathology report", texts)


@pytest.mark.parametrize(
    ("name", "cells", "categories", "missing", "excluded"),
    [
        ("Stade N", ["pN0", "cN1", "N2b", "ypN0", "cN1"], ("N2b", "pN0"), ("cN1", "ypN0"), 3),
        ("pT", ["pT1a", "cT2a", "ypT3", "pT2b"], ("pT1a", "pT2b"), ("cT2a", "ypT3"), 2),
        ("ypN", ["ypN0", "ypN1", "ypN2"], ("ypN0", "ypN1", "ypN2"), (), 0),
    ],
)
def test_other_classes_of_a_pathological_label_are_missing(
    name: str,
    cells: list[str],
    categories: tuple[str, ...],
    missing: tuple[str, ...],
    excluded: int,
) -> None:
    guess = guess_column(name, cells)
    assert set(guess.categories) == set(categories)
    assert (guess.missing, guess.excluded) == (missing, excluded)
