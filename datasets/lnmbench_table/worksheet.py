"""Marks of a worksheet that its values do not show: merged cells, hidden rows, formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

from lnmbench import UserError
from lnmbench.tables import check_size
from lnmbench_table.workbook import get_local_name

_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_MOST_MERGED = 100_000
_MOST_ROW_ELEMENTS = 1 << 20  # as many as a worksheet can have, most of them only formatted


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged range; rows and columns count from 1, both ends included."""

    rows: tuple[int, int]
    columns: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """Marks of one worksheet.

    `rows` and `columns` are the last that hold a value. `formulas` are the cells with formulas
    without a computed value, by row and column.
    """

    rows: int
    columns: int
    merged: tuple[Merged, ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[tuple[int, int], ...]
    formulas: tuple[tuple[int, int], ...]


def read_marks(file: IO[bytes], path: Path) -> Marks:
    """Read the marks from the XML of a worksheet.

    Raises `UserError` for a worksheet with too many rows, columns or cells, before their values
    are read.
    """
    last_row = last_column = row = column = count = 0
    merged: list[Merged] = []
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    formulas: list[tuple[int, int]] = []
    for event, element in ElementTree.iterparse(file, events=("start", "end")):
        name = get_local_name(element.tag)
        if event == "start":
            if name == "row":
                row, column = int(element.get("r", row + 1)), 0
                count += 1
                if count > _MOST_ROW_ELEMENTS:
                    check_size(path, rows=count, columns=0, cells=0)
            elif name == "c":
                reference = element.get("r")
                column = parse_reference(reference)[1] if reference else column + 1
            continue
        if name == "c":
            texts = {get_local_name(child.tag): child.text for child in element}
            if texts:
                last_row, last_column = max(last_row, row), max(last_column, column)
                size = last_row * last_column
                check_size(path, rows=last_row, columns=last_column, cells=size)
            if "f" in texts and not texts.get("v") and element.get("t") != "str":
                formulas.append((row, column))
        elif name == "row" and (_is_true(element, "hidden") or element.get("ht") == "0"):
            hidden_rows.add(row)
        elif name == "col" and _is_true(element, "hidden"):
            hidden_columns.append((int(element.get("min", 0)), int(element.get("max", 0))))
        elif name == "mergeCell":
            if len(merged) == _MOST_MERGED:
                raise UserError(f"{path} has more than {_MOST_MERGED:,} merged cells")
            first, _, last = element.get("ref", "").partition(":")
            (top, left), (bottom, right) = parse_reference(first), parse_reference(last or first)
            merged.append(Merged(rows=(top, bottom), columns=(left, right)))
        if name in ("row", "sheetData"):
            element.clear()
    return Marks(
        rows=last_row,
        columns=last_column,
        merged=tuple(merged),
        hidden_rows=frozenset(hidden_rows),
        hidden_columns=tuple(hidden_columns),
        formulas=tuple(formulas),
    )


def _is_true(element: ElementTree.Element, key: str) -> bool:
    return element.get(key) in ("1", "true")


def parse_reference(reference: str) -> tuple[int, int]:
    """Return row and column of a reference such as B7, from 1; zeros for an invalid one."""
    match = _REFERENCE.fullmatch(reference.replace("$", ""))
    if match is None:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column


def format_reference(row: int, column: int) -> str:
    """Return the reference of a cell.

    Examples
    --------
    >>> format_reference(7, 28)
    'AB7'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
