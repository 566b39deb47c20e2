"""Rows of a simulation in a CSV file: each is a record, written as soon as it is known.

The first fields of a record name its experiment. The rows of one experiment are written at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lnmbench.errors import UserError, reading
from lnmbench.store.atomic import replacing, writing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
_PARSERS: dict[str, Callable[[str], object]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": "True".__eq__,
}


def append_rows(path: Path, rows: Sequence[DataclassInstance]) -> None:
    """Write the rows of one experiment, after the header if the file is new."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists() or not path.stat().st_size
    lines = [_format_line(asdict(row).values()) for row in rows]
    header = [_format_line(asdict(rows[0]))] if is_new else []
    with writing(path), path.open("a", encoding="utf-8", newline="") as file:
        file.write("".join((*header, *lines)))


def read_rows(path: Path, record: type[R], *, key: int) -> list[R]:
    """Return the rows of a file, none if it does not exist.

    If its last line is incomplete, the rows of the experiment that was being written are removed
    from the file. Raises `UserError` for a file with other columns than the record.

    Parameters
    ----------
    path
        The file.
    record
        The record of a row, whose fields are of the types bool, int, float and str.
    key
        The number of fields that name an experiment, the first ones.
    """
    if not path.exists() or not path.stat().st_size:
        return []
    with reading(path):
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    expected = _format_line(field.name for field in fields(record))
    if head != expected:
        raise UserError(
            f"{path} has other results",
            expected=expected,
            got=head[:200],
            then="choose another --out",
        )
    try:
        if lines and not lines[-1].endswith("\n"):
            lines = _remove_incomplete(lines, key)
            with replacing(path) as temporary_path:
                temporary_path.write_text("".join((head, *lines)), encoding="utf-8")
        return [_parse_row(row, record) for row in csv.reader(lines)]
    except ValueError as error:
        raise UserError(f"{path} is broken", got=str(error), then="choose another --out") from error


def _remove_incomplete(lines: Sequence[str], key: int) -> list[str]:
    """Return the lines without the last one and those of its experiment."""
    *complete, cut = lines

    def is_of_same(line: str) -> bool:
        (row,) = csv.reader([line])
        start = _format_line(row[:key]).rstrip("\n") + ","
        return start.startswith(cut[: len(start)])

    while complete and is_of_same(complete[-1]):
        complete.pop()
    return complete


def _format_line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _parse_row(cells: Sequence[str], record: type[R]) -> R:
    values = {
        field.name: _PARSERS[str(field.type)](cell)
        for field, cell in zip(fields(record), cells, strict=True)
    }
    return record(**values)
