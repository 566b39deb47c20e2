"""Markup of texts: escaped, with line breaks in long names and none in numbers."""

from __future__ import annotations

import pytest

from lnmbench.rendering.html.text_markup import cell_class, mark_up, mark_up_heading, strip_badge


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<b> & co", "&lt;b&gt; &amp; co"),
        ("AUC .7, 95 % CI", "AUC .7, 95\xa0%\xa0CI"),
        ("p = .04 and p > .99", "p\xa0=\xa0.04 and p\xa0&gt;\xa0.99"),
        ("short:name=1", "short:name=1"),
        ("resnet50:weights=random", "resnet50:<wbr>weights=<wbr>random"),
        ("10,000,000,000,000,000", "10,000,000,000,000,000"),
    ],
)
def test_text_is_escaped_and_breaks_after_punctuation(text: str, expected: str) -> None:
    assert mark_up(text) == expected


def test_short_brackets_of_a_heading_stay_together() -> None:
    assert mark_up_heading("AUC (95 % CI)") == "AUC (95\xa0%\xa0CI)"
    long = "(a text in brackets that is long)"
    assert mark_up_heading(f"x {long}") == f"x {long}"


def test_the_contents_leave_the_badge_out() -> None:
    assert strip_badge("Table 5. Cost (SYNTHETIC)", "SYNTHETIC") == "Table 5. Cost"
    assert strip_badge("Table 5. Cost (SYNTHETIC)", "") == "Table 5. Cost (SYNTHETIC)"


@pytest.mark.parametrize(
    ("text", "align", "expected"),
    [
        ("logistic", "left", "left short"),
        ("a name of more than 24 letters", "left", "left"),
        ("a sentence " * 10, "left", "left sentence"),
        (".76", "right", ""),
    ],
)
def test_cells_have_classes_by_their_length(text: str, align: str, expected: str) -> None:
    assert cell_class(text, align) == expected
