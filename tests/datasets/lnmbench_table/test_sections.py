"""Sections of a dictionary: numbers as spellings, unknown keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_table.dictionary import Dictionary, parse_dictionary
from lnmbench_table.sections import format_section_header

from lnmbench import UserError

ID = '[columns.case]\nrole = "id"\n'


def parsed(text: str) -> Dictionary:
    return parse_dictionary(ID + text, Path("columns.toml"))


def refused(text: str) -> str:
    with pytest.raises(UserError) as refusal:
        parsed(text)
    assert "columns.toml" in str(refusal.value)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_numbers_may_stand_for_spellings() -> None:
    (column,) = parsed(
        '[columns.n1]\nrole = "target"\nkind = "binary"\nlabel = "n1"\n'
        "categories = [0, 1]\nmissing = [-9, 99.5]\n"
    ).columns
    assert column.categories == ("0", "1")
    assert column.missing == ("-9", "99.5")


def test_an_unknown_key_is_refused_with_file_section_and_nearest() -> None:
    message = refused('[columns.age]\nrole = "feature"\nkidn = "continuous"\n')
    assert "unknown key 'kidn'" in message
    assert "[columns.age]" in message
    assert "did you mean kind?" in message


def test_an_unknown_section_is_refused_with_the_nearest() -> None:
    message = refused('[column.age]\nrole = "feature"\n')
    assert "unknown key 'column'" in message
    assert "did you mean columns?" in message
    assert "did you mean license?" in refused('[card]\nlicens = "CC0"\n')


def test_a_section_header_is_quoted_and_cut() -> None:
    assert format_section_header("columns", "age") == "[columns.age]"
    assert format_section_header("columns", "CT report") == "[columns.'CT report']"
    assert len(format_section_header("columns", "x" * 500)) < 60
