"""Text for people: no control characters, no formulas, counts with their nouns."""

from __future__ import annotations

import csv
import io

import pytest

from lnmbench.text import clean, escape_formula, format_csv, plural


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[31mred\x1b[0m", "a[31mred[0m"),
        ("two\n  lines\t", "two lines"),
        ("zero\u200bwidth\u202eturned", "zerowidthturned"),
        ("Ünïcode 中", "Ünïcode 中"),
        ("half a pair \ud800", "half a pair "),
    ],
)
def test_clean_text_is_one_line_of_visible_characters(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    ("count", "expected"), [(0, "0 cases"), (1, "1 case"), (2, "2 cases"), (-1, "-1 cases")]
)
def test_a_count_has_the_noun_that_it_needs(count: int, expected: str) -> None:
    assert plural(count, "case") == expected


def test_an_irregular_plural_is_named() -> None:
    assert plural(1, "patient is", "patients are") == "1 patient is"
    assert plural(3, "patient is", "patients are") == "3 patients are"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "＝1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert escape_formula(text) == f"'{text}"


@pytest.mark.parametrize("text", ["+.008", "-.02 (-.05 to .01)", "resnet50", "", "a=b"])
def test_numbers_and_names_are_not_escaped(text: str) -> None:
    assert escape_formula(text) == text


def test_csv_escapes_texts_and_keeps_numbers_at_full_precision() -> None:
    cells = ["=evil()", "two, words", 1, -1e-7, 0.1 + 0.2, None, float("nan"), float("inf")]
    text = format_csv(list("abcdefgh"), [cells])
    header, row = csv.reader(io.StringIO(text))
    assert header == list("abcdefgh")
    assert row == ["'=evil()", "two, words", "1", "-1e-07", repr(0.1 + 0.2), "", "", ""]
    assert "\r" not in text
