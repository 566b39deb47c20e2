"""Marks of worksheets: extent, merged cells, hidden rows and columns, formulas."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from lnmbench_table.worksheet import Marks, Merged, format_reference, parse_reference, read_marks

from lnmbench import UserError


def marks(body: str) -> Marks:
    return read_marks(
        io.BytesIO(f"<x:worksheet xmlns:x='n'>{body}</x:worksheet>".encode()), Path("t")
    )


def data(*rows: str) -> str:
    return f"<x:sheetData>{''.join(rows)}</x:sheetData>"


def test_the_extent_is_that_of_cells_with_values() -> None:
    full = marks(
        data(
            '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c><x:c r="C1"><x:v>1</x:v></x:c></x:row>',
            '<x:row r="7"><x:c r="B7"><x:is><x:t>a</x:t></x:is></x:c></x:row>',
            '<x:row r="9000000"><x:c r="XFD9000000" s="1"/></x:row>',
        )
    )
    assert (full.rows, full.columns) == (7, 3)
    bare = marks(data("<x:row><x:c><x:v>1</x:v></x:c><x:c><x:v>1</x:v></x:c></x:row>"))
    assert (bare.rows, bare.columns) == (1, 2)


@pytest.mark.parametrize("reference", ["A1048576", "XFD1000", "CZ100000"])
def test_a_value_far_away_is_refused(reference: str) -> None:
    row = parse_reference(reference)[0]
    with pytest.raises(UserError, match="too large for a table of patients"):
        marks(data(f'<x:row r="{row}"><x:c r="{reference}"><x:v>1</x:v></x:c></x:row>'))


def test_merged_and_hidden_parts_are_listed() -> None:
    found = marks(
        '<x:cols><x:col min="2" max="3" hidden="1"/><x:col min="4" max="4"/></x:cols>'
        + data('<x:row r="4" hidden="1"/>', '<x:row r="5" hidden="0"/>')
        + '<x:mergeCells><x:mergeCell ref="B2:C9"/><x:mergeCell ref="D4"/></x:mergeCells>'
    )
    assert found.hidden_rows == {4}
    assert found.hidden_columns == ((2, 3),)
    assert found.merged == (
        Merged(rows=(2, 9), columns=(2, 3)),
        Merged(rows=(4, 4), columns=(4, 4)),
    )


def test_formulas_without_a_value_are_listed() -> None:
    cells = (
        '<x:c r="A1"><x:f>1+1</x:f></x:c><x:c r="B1"><x:f>1+1</x:f><x:v/></x:c>'
        '<x:c r="C1"><x:f>1+1</x:f><x:v>2</x:v></x:c>'
        '<x:c r="D1" t="str"><x:f>""</x:f><x:v></x:v></x:c>'
    )
    assert marks(data(f'<x:row r="1">{cells}</x:row>')).formulas == ((1, 1), (1, 2))


def test_references() -> None:
    for reference, cell in (
        ("A1", (1, 1)),
        ("$XFD$1048576", (1_048_576, 16_384)),
        ("AB7", (7, 28)),
    ):
        assert parse_reference(reference) == cell
        assert format_reference(*cell) == reference.replace("$", "")
    assert parse_reference("a1") == parse_reference("") == (0, 0)
