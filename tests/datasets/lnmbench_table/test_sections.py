"""Sections of a dictionary: numbers as spellings, unknown keys."""

from __future__ import annotations

from collections.abc import Callable

from lnmbench_table.dictionary import Dictionary
from lnmbench_table.sections import format_section_header


def test_numbers_may_stand_for_spellings(parse_columns: Callable[[str], Dictionary]) -> None:
    (column,) = parse_columns(
        '[columns.n1]\nrole = "target"\nkind = "binary"\nlabel = "n1"\n'
        "categories = [0, 1]\nmissing = [-9, 99.5]\n"
    ).columns
    assert column.categories == ("0", "1")
    assert column.missing == ("-9", "99.5")


def test_an_unknown_key_is_refused_with_file_section_and_nearest(
    refuse_columns: Callable[[str], str],
) -> None:
    message = refuse_columns('[columns.age]\nrole = "feature"\nkidn = "continuous"\n')
    assert "unknown key 'kidn'" in message
    assert "[columns.age]" in message
    assert "did you mean kind?" in message


def test_an_unknown_section_is_refused_with_the_nearest(
    refuse_columns: Callable[[str], str],
) -> None:
    message = refuse_columns('[column.age]\nrole = "feature"\n')
    assert "unknown key 'column'" in message
    assert "did you mean columns?" in message
    assert "did you mean license?" in refuse_columns('[card]\nlicens = "CC0"\n')


def test_a_section_header_is_quoted_and_cut() -> None:
    assert format_section_header("columns", "age") == "[columns.age]"
    assert format_section_header("columns", "CT report") == "[columns.'CT report']"
    assert len(format_section_header("columns", "x" * 500)) < 60
