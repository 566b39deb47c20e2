"""Cells of separated text: cleaned, bounded."""

from __future__ import annotations

from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.tables import clean_cell, split_cells

PATH = Path("t.csv")


@pytest.mark.parametrize("cell", ["Bé", " Be\u0301 ", "\ufeffBé", "Bé\u200b\u00a0", "\u200eBé\t"])
def test_cells_that_look_alike_are_alike(cell: str) -> None:
    assert clean_cell(cell) == "Bé"


def test_quotes_enclose_separators_and_line_breaks() -> None:
    assert split_cells('a,"b,\nc"\n', PATH) == [("a", "b,\nc")]
    assert split_cells('a|2"\n', PATH, separator="|", quoted=False) == [("a", '2"')]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('a,b\n1,"2\n', r"t.csv is broken \(row 2\): got unexpected end of data; check the quotes"),
        ("a\n" + "x" * 131_073, "a cell of more than 131072 characters"),
        ("," * 20_000, "more than 20,000 columns"),
        ("a\n" * 200_001, "more than 200,000 rows"),
    ],
)
def test_broken_and_too_large_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        split_cells(text, PATH)
