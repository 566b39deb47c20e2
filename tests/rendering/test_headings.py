"""Column headings: at most three lines, with quotes and brackets on one line."""

from __future__ import annotations

import pytest

from lnmbench.rendering.headings import LINES, wrap_heading


@pytest.mark.parametrize(
    "heading",
    [
        "AUC",
        "p, corrected resampled t",
        "Difference (95 % CI)",
        "one two three four five six seven",
    ],
)
def test_a_heading_keeps_its_words_on_few_lines(heading: str) -> None:
    lines = wrap_heading(heading)
    assert len(lines) <= LINES
    assert " ".join(lines) == heading


def test_quotes_and_brackets_stay_together() -> None:
    assert wrap_heading('p, plain paired t, "as published"')[-1] == '"as published"'
    assert "(95 % CI)" in wrap_heading("Difference (95 % CI)")


def test_a_wide_column_needs_no_second_line() -> None:
    assert wrap_heading("p, corrected resampled t", at_least=30) == ["p, corrected resampled t"]
