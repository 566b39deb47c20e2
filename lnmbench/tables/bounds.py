"""Largest tables that are read: larger ones are refused before they use up the memory."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from pathlib import Path

from lnmbench.errors import UserError, reading

MOST_BYTES = 1 << 28
MOST_ROWS = 200_000
MOST_COLUMNS = 20_000
MOST_CELLS = 5_000_000
_GZIP = b"\x1f\x8b"


def read_content(path: Path) -> bytes:
    """Return the content of a file, decompressed if it is gzip.

    Raises `UserError` for a file that cannot be read, is no regular file, or is too large.
    """
    with reading(path):
        if path.exists() and not path.is_dir() and not stat.S_ISREG(path.stat().st_mode):
            raise UserError(f"cannot read {path}", expected="a file", got="a device or pipe")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    if content.startswith(_GZIP):
        content = _decompress(content, path)
    if len(content) > MOST_BYTES:
        raise _too_large(path, f"more than {MOST_BYTES >> 20} MiB")
    return content


def check_size(path: Path, *, rows: int, columns: int, cells: int) -> None:
    """Raise `UserError` for more rows, columns or cells than a clinical table has.

    Parameters
    ----------
    path
        The table, for the message.
    rows, columns, cells
        The counts so far.
    """
    for count, most, noun in (
        (rows, MOST_ROWS, "rows"),
        (columns, MOST_COLUMNS, "columns"),
        (cells, MOST_CELLS, "cells"),
    ):
        if count > most:
            raise _too_large(path, f"more than {most:,} {noun}")


def _too_large(path: Path, got: str) -> UserError:
    return UserError(
        f"{path} is too large for a table of patients",
        got=got,
        then="save only the rows and columns of the cohort",
    )


def _decompress(content: bytes, path: Path) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UserError(f"{path} is a damaged gzip file", got=str(error)) from error
