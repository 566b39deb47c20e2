"""Text for people: no control characters, no formulas, counts with their nouns."""

from __future__ import annotations

import csv
import io
import json

import pytest

from lnmbench.text import (
    clean,
    escape_formula,
    escape_invisible,
    format_csv,
    format_json,
    plural,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x1b[31mred\x1b[0m", "a[31mred[0m"),
        ("two\n  lines\t", "two lines"),
        ("zero\u200bwidth\u202eturned", "zerowidthturned"),
        ("Ünïcode 中", "Ünïcode 中"),
        ("half a pair \ud800", "half a pair"),
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


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd", "-cmd|' /C calc'!A0", "@SUM(A1)", "＝1", " =1", "\t=1", "\r\n@A1"]
)
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


INVISIBLE = "\x00\x1b\x7f\x85\x9b\u200b\u202e\u2028\u2066\ud800\U000e0041"


def test_csv_and_json_have_no_invisible_characters() -> None:
    table = format_csv([f"h{INVISIBLE}"], [[f"=1\n{INVISIBLE}"]])
    text = format_json({f"k{INVISIBLE}": [f"v{INVISIBLE}"]})
    for output in (table, text):
        assert not set(output) & set(INVISIBLE)
        assert len(output.split("\n")) == output.count("\n") + 1
    assert json.loads(text) == {f"k{INVISIBLE}": [f"v{INVISIBLE}"]}
    assert table.splitlines()[1].startswith("'=1\\u000a\\u0000\\u001b")


def test_other_characters_are_not_escaped() -> None:
    text = "Größe ≥ 3 · 中文 é 🙂 \u00a0 a\tb"
    assert escape_invisible(text, keep="\t") == text
    assert json.loads(format_json(text)) == text
    assert "中文" in format_json(text)
