from __future__ import annotations

from lnmbench.cli.text_table import format_table

ROWS = [
    ("name", "parameters", "description"),
    ("short", "trees=100, seed=0", "One line."),
    ("a-name-with-hyphens", "modalities=, select=none, select_most=10", "Two lines of words."),
]


def test_a_table_that_fits_has_a_line_for_each_row() -> None:
    lines = list(format_table(ROWS, 100))
    assert len(lines) == 3
    assert {line.index(cell) for line, (_, cell, _) in zip(lines, ROWS, strict=True)} == {21}
    assert not any(line.endswith(" ") for line in lines)


def test_the_widest_columns_are_wrapped_at_words() -> None:
    lines = list(format_table(ROWS, 64))
    assert max(map(len, lines)) <= 64
    assert len(lines) > len(ROWS)
    words = [word for line in lines for word in line.split()]
    assert sorted(words) == sorted(" ".join(cell for row in ROWS for cell in row).split())


def test_long_words_are_divided() -> None:
    lines = list(format_table([("word", "x" * 30), ("other", "y")], 20))
    assert max(map(len, lines)) <= 20
    assert "".join(lines).count("x") == 30


def test_wide_characters_count_twice() -> None:
    first, second = format_table([("淋巴", "a"), ("name", "b")], 20)
    assert first == "淋巴  a"
    assert second == "name  b"


def test_empty_cells_are_aligned() -> None:
    assert list(format_table([("a", ""), ("", "b")], 20)) == ["a", "   b"]
