from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest
from lnmbench_checks import messages, register_checks

from lnmbench.contracts import Check, Documented

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / messages.DOCS_PAGE).read_text(encoding="utf-8")
SECTIONS = {
    heading: " ".join(text.split())
    for heading, text in re.findall(r"^## (LNM\d+)\n(.*?)(?=^## )", PAGE, re.DOTALL | re.MULTILINE)
}
ROWS = {
    cells[0]: tuple(cells[1:])
    for cells in re.findall(r"^\| \[`(LNM\d+)`\]\(#lnm\d+\) \| (.+) \| (\w+) \|$", PAGE, re.M)
}
CHECKS: dict[str, Check] = {code: factory() for code, factory in register_checks().items()}


def test_each_check_has_one_row_and_one_section() -> None:
    assert list(ROWS) == list(CHECKS)
    assert list(SECTIONS) == list(CHECKS)


@pytest.mark.parametrize("code", CHECKS)
def test_the_page_has_title_severity_and_remedy(code: str) -> None:
    check, section = CHECKS[code], SECTIONS[code]
    assert ROWS[code] == (check.title, check.severity)
    assert section.startswith(check.title[0].upper() + check.title[1:])
    assert f"- **Remedy**: {check.remedy}." in section


@pytest.mark.parametrize("code", CHECKS)
def test_docstring_and_page_describe_when_a_check_does_not_apply(code: str) -> None:
    text = " ".join((type(CHECKS[code]).__doc__ or "").split())
    assert re.match(r"[A-Z].*\.", text)
    assert ("Not applicable" in text) is ("**Not applicable**" in SECTIONS[code])
    assert ("Not applicable" in text) is (code != "LNM004")


@pytest.mark.parametrize("code", CHECKS)
def test_a_check_has_the_address_of_its_section(code: str) -> None:
    check = CHECKS[code]
    assert isinstance(check, Documented)
    assert check.docs == messages.docs_address(code)
    page, _, anchor = check.docs.partition("#")
    assert (ROOT / page).is_file()
    assert anchor.upper() in SECTIONS


def test_examples_run() -> None:
    result = doctest.testmod(messages)
    assert (result.attempted > 0, result.failed) == (True, 0)
