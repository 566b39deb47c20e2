"""Sections of a proposed dictionary: used, commented out, or left out."""

from __future__ import annotations

import tomllib

from lnmbench_table.guesses import guess_column
from lnmbench_table.proposed_section import Section, quote


def section(*cells: str) -> Section:
    return Section(name="a b", guess=guess_column("a b", cells))


def test_a_used_section_is_toml() -> None:
    used = section("1,5", "2,5").use('role = "feature"', *section("1,5", "2,5").feature_keys)
    content = tomllib.loads("\n".join(used.format()))["columns"]["a b"]
    assert content == {"role": "feature", "kind": "continuous", "decimal": ","}


def test_a_comment_has_the_reason_and_the_lines() -> None:
    lines = list(section("a", "b").use('role = "feature"').comment("why").format())
    assert lines == ['# [columns."a b"]  # why', '# role = "feature"']


def test_a_column_left_out_is_one_line() -> None:
    assert list(section("a").leave_out("is empty").format()) == [
        '# [columns."a b"] is empty; not used.'
    ]


def test_the_order_of_two_classes_matters_for_a_label_alone() -> None:
    assert "categories = []" in "\n".join(section("1", "2").label_keys)
    assert 'categories = ["1", "2"]' in section("1", "2").feature_keys


def test_quotes_are_valid_toml() -> None:
    text = 'a"\\\x7f\n'
    assert tomllib.loads(f"x = {quote(text)}")["x"] == text


def test_invisible_characters_are_escaped() -> None:
    text = "a\u202eb\u200b\u2028"
    assert quote(text).isascii()
    assert tomllib.loads(f"x = {quote(text)}")["x"] == text
