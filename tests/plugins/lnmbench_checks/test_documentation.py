"""docs/checks.md says what the checks are."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from lnmbench_checks import register_checks, wording

from lnmbench.contracts import Check

PAGE = (Path(__file__).parents[3] / "docs" / "checks.md").read_text(encoding="utf-8")
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in PAGE.splitlines()
    if line.startswith("| `LNM")
    for cells in [[cell.strip() for cell in line.strip("|").split(" | ")]]
}
CHECKS: dict[str, Check] = {name: factory() for name, factory in register_checks().items()}


def test_every_check_has_one_row_and_the_numbers_have_no_gap() -> None:
    assert list(ROWS) == list(CHECKS)
    assert list(CHECKS) == [f"LNM{number:03d}" for number in range(1, len(CHECKS) + 1)]


@pytest.mark.parametrize("name", CHECKS)
def test_the_page_says_title_severity_and_remedy(name: str) -> None:
    title, severity, _, _, remedy = ROWS[name]
    made = CHECKS[name]
    assert (title, severity, remedy) == (made.title, made.severity, made.remedy)


@pytest.mark.parametrize("name", CHECKS)
def test_the_docstring_says_what_is_looked_at_and_when_it_does_not_apply(name: str) -> None:
    text = " ".join((type(CHECKS[name]).__doc__ or "").split())
    assert re.match(r"[A-Z].*\.", text)
    applies_always = ROWS[name][3] == "never"
    assert ("Does not apply" in text) is not applies_always


def test_the_examples_of_the_wording_run() -> None:
    found = doctest.testmod(wording)
    assert (found.attempted > 0, found.failed) == (True, 0)
