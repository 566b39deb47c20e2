"""The first worksheet of an Excel file, as text."""

from __future__ import annotations

import datetime
import io
import warnings
from pathlib import Path
from typing import Any

from lnmbench import UserError
from lnmbench.errors import nearest


class StoredNumber(str):
    """Text of a cell that the file stores as a number, so that its decimal mark is a point."""

    __slots__ = ()


def read_excel_cells(
    path: Path, content: bytes, title: str | None = None
) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the cells of the worksheet with a title, by default the first one, and notes.

    Whole numbers have no decimals, dates are `2020-01-31`, numbers stored as text are not changed.
    Raises `UserError` for a broken file and for formulas without a computed value.
    """
    values = _load_workbook(path, content, computed=True)
    sheet = _choose_sheet(values, title, path)
    formulas = _load_workbook(path, content, computed=False)[sheet.title]
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type == "f" and sheet[cell.coordinate].value is None:
                raise UserError(
                    f"{path} holds a formula without a value",
                    where=f"cell {cell.coordinate}",
                    then="open and save it in a spreadsheet program, or save it as CSV",
                )
    titles = [str(each.title) for each in values.worksheets]
    notes: tuple[str, ...] = ()
    if len(titles) > 1 and title is None:
        notes = (
            f"{path.name}: only the first of {len(titles)} sheets is read, {titles[0][:40]!r}; "
            "choose another one with the key sheet of [table]",
        )
    return [[_format(value) for value in row] for row in sheet.iter_rows(values_only=True)], notes


def _choose_sheet(book: Any, title: str | None, path: Path) -> Any:
    titles = [str(sheet.title) for sheet in book.worksheets]
    if title is not None and title not in titles:
        raise UserError(f"no sheet {title[:40]!r}", where=str(path), then=nearest(title, titles))
    return book.worksheets[titles.index(title) if title is not None else 0]


def _load_workbook(path: Path, content: bytes, *, computed: bool) -> Any:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        # openpyxl warns about styles and extensions, which have no values
        warnings.simplefilter("ignore")
        try:
            book = load_workbook(io.BytesIO(content), data_only=computed)
        except Exception as error:  # a broken file fails in zip, XML or openpyxl itself
            raise UserError(
                f"{path} is not a readable Excel file",
                got=f"{type(error).__name__}",
                then="save it again as .xlsx or CSV",
            ) from error
    if not book.worksheets:
        raise UserError(f"{path} is empty", expected="a worksheet")
    return book


def _format(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return StoredNumber(int(value))
    if isinstance(value, int | float):
        return StoredNumber(value)
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
