"""The first worksheet of an Excel file, as text."""

from __future__ import annotations

import datetime
import io
import warnings
from pathlib import Path
from typing import Any

from lnmbench import UserError


def read_excel_cells(path: Path, content: bytes) -> tuple[list[list[str]], tuple[str, ...]]:
    """Return the cells of the first worksheet, and notes for the user.

    Whole numbers have no decimals, dates are `2020-01-31`, numbers stored as text are not changed.
    Raises `UserError` for a broken file and for formulas without a computed value.
    """
    values = _load_workbook(path, content, computed=True)
    formulas = _load_workbook(path, content, computed=False).worksheets[0]
    sheet = values.worksheets[0]
    for row in formulas.iter_rows():
        for cell in row:
            if cell.data_type == "f" and sheet[cell.coordinate].value is None:
                raise UserError(
                    f"{path} holds a formula without a value",
                    where=f"cell {cell.coordinate}",
                    then="open and save it in a spreadsheet program, or save it as CSV",
                )
    others = [str(title) for title in values.sheetnames[1:]]
    notes = (f"{path.name}: only the first of {len(others) + 1} sheets is read",) if others else ()
    return [[_format(value) for value in row] for row in sheet.iter_rows(values_only=True)], notes


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
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
