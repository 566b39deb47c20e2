"""A worksheet of an Excel file as text, as its reader sees it."""

from __future__ import annotations

import datetime
import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lnmbench import UserError
from lnmbench.tables import clean_cell
from lnmbench.text import plural
from lnmbench_table.workbook import choose_worksheet, list_worksheets, normalize_workbook
from lnmbench_table.worksheet import Marks, format_reference, read_marks

Grid = list[list[str]]
_EXAMPLES = 5


class StoredNumber(str):
    """Text of a cell that the file stores as a number, so that its decimal mark is a point."""

    __slots__ = ()


class StoredPercentage(StoredNumber):
    """A stored number, as a fraction, that its reader sees in percent."""

    __slots__ = ()


def read_excel_cells(
    path: Path, content: bytes, title: str | None = None
) -> tuple[dict[int, list[str]], tuple[str, ...]]:
    """Return the cells of a worksheet by the number of their row, and notes.

    Whole numbers have no decimals, dates are `2020-01-31`, numbers stored as text are not changed.
    Merged cells have their value in each row and column; hidden rows are left out.

    Parameters
    ----------
    path
        The file, for messages.
    content
        Its content.
    title
        The title of the worksheet, by default that of the first visible one.

    Raises
    ------
    UserError
        For a broken or too large file, and for formulas without a computed value.
    """
    try:
        content = normalize_workbook(content, path)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheet, notes = choose_worksheet(list_worksheets(archive), title, path)
            with archive.open(sheet.part) as file:
                marks = read_marks(file, path)
        _refuse_formulas(marks, path)
        grid = _read_grid(content, sheet.title, marks)
    except UserError:
        raise
    except Exception as error:  # a broken file fails in zip, XML or openpyxl itself
        raise UserError(
            f"{path} is not a readable Excel file",
            got=type(error).__name__,
            then="save it again as .xlsx or CSV",
        ) from error
    merged = _fill_merged(grid, marks)
    notes = (*notes, *_describe_marks(path.name, grid, marks, merged))
    rows = {n: cells for n, cells in enumerate(grid, start=1) if n not in marks.hidden_rows}
    return rows, notes


def _read_grid(content: bytes, title: str, marks: Marks) -> Grid:
    """Return the cells of all rows and columns that hold a value."""
    from openpyxl import load_workbook

    if not marks.rows:
        return []
    with warnings.catch_warnings():
        # openpyxl warns about styles and extensions, which have no values
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book[title]
        cells = sheet.iter_rows(max_row=marks.rows, max_col=marks.columns)
        grid = [[_format(cell) for cell in row] for row in cells]
        book.close()
    return grid


def _refuse_formulas(marks: Marks, path: Path) -> None:
    if marks.formulas:
        raise UserError(
            f"{path} holds {plural(len(marks.formulas), 'formula')} without a value",
            where=f"cell {format_reference(*marks.formulas[0])}",
            then="open and save it in a spreadsheet program, or save it as CSV",
        )


def _fill_merged(grid: Grid, marks: Marks) -> list[str]:
    """Copy the value of each merged cell to all of its rows and columns; return their ranges."""
    filled = []
    for merged in marks.merged:
        (top, bottom), (left, right) = merged.rows, merged.columns
        if not (top and left) or top > len(grid) or left > len(grid[top - 1]):
            continue
        value = grid[top - 1][left - 1]
        if value:
            for row in grid[top - 1 : bottom]:
                row[left - 1 : right] = [value] * len(row[left - 1 : right])
            filled.append(f"{format_reference(top, left)}:{format_reference(bottom, right)}")
    return filled


def _describe_marks(name: str, grid: Grid, marks: Marks, merged: Sequence[str]) -> Iterator[str]:
    if merged:
        yield (
            f"{name}: the value of {plural(len(merged), 'merged cell')} was filled into all rows "
            f"and columns of it: {_list_some(merged)}"
        )
    hidden = sorted(row for row in marks.hidden_rows if row <= len(grid) and any(grid[row - 1]))
    if hidden:
        verb = "is hidden and was" if len(hidden) == 1 else "are hidden and were"
        yield (
            f"{name}: {plural(len(hidden), 'row')} {verb} left out (filtered or hidden in the "
            f"sheet): {_list_some(list(map(str, hidden)))}; show them to use them"
        )
    columns = [
        format_reference(0, column).removesuffix("0")
        for first, last in marks.hidden_columns
        for column in range(first, min(last, marks.columns) + 1)
        if any(row[column - 1] for row in grid)
    ]
    if columns:
        verb = "is hidden, but" if len(columns) == 1 else "are hidden, but"
        yield f"{name}: {plural(len(columns), 'column')} {verb} read: {_list_some(columns)}"


def _list_some(texts: Sequence[str]) -> str:
    return ", ".join(texts[:_EXAMPLES]) + (", …" if len(texts) > _EXAMPLES else "")


def _format(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return clean_cell(value)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else str(value)
        is_percentage = "%" in str(cell.number_format)
        return StoredPercentage(text) if is_percentage else StoredNumber(text)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
