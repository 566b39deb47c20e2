"""Rows of a simulation in a CSV file: each is a record, written as soon as it is known."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from lnmbench.errors import UserError, reading
from lnmbench.store.atomic import replacing, writing

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")
_PARSERS: dict[str, Callable[[str], object]] = {"int": int, "float": float, "str": str}


def append_row(path: Path, row: DataclassInstance) -> None:
    """Write a row, after the header if the file is new."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        writer.writerow(asdict(row))
    writer.writerow(asdict(row).values())
    with writing(path), path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def read_rows(path: Path, record: type[R]) -> list[R]:
    """Return the rows of a file, none if it does not exist.

    The incomplete last line of an interrupted write is removed. Raises `UserError` for a file with
    other columns than the record, whose fields are of the types int, float and str.
    """
    if not path.exists() or not path.stat().st_size:
        return []
    with reading(path):
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    names = [field.name for field in fields(record)]
    if head != ",".join(names) + "\n":
        raise UserError(
            f"{path} has other results", expected=",".join(names), then="choose another --out"
        )
    if lines and not lines[-1].endswith("\n"):
        lines = lines[:-1]
        with replacing(path) as temporary_path:
            temporary_path.write_text("".join((head, *lines)), encoding="utf-8")
    parsers = [_PARSERS[str(field.type)] for field in fields(record)]
    try:
        return [
            record(**{n: parse(c) for n, parse, c in zip(names, parsers, row, strict=True)})
            for row in csv.reader(lines)
        ]
    except ValueError as error:
        raise UserError(f"{path} is broken", got=str(error), then="choose another --out") from error
