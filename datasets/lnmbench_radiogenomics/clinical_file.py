"""Finds and reads the clinical table of NSCLC Radiogenomics, wherever it lies under a folder."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from lnmbench import UserError

ID_HEADERS = ("Patient ID", "Case ID")
_MARK = "Pathological N stage"


def find_clinical_file(root: Path) -> Path:
    """Return the CSV under `root` that has the table's header; `root` may be the file itself.

    The folders nearest to the root are searched first. Raises `UserError` where there is none,
    or more than one at the same depth.
    """
    if root.is_file():
        return root
    if not root.is_dir():
        raise UserError(f"there is no folder {root}")
    for files in _by_depth(root):
        found = [file for file in files if _is_clinical(file)]
        if len(found) > 1:
            raise UserError(
                f"{len(found)} clinical tables under {root}",
                got=f"{found[0].name} and {found[1].name}",
                then="give the path of one of them as root",
            )
        if found:
            return found[0]
    raise UserError(
        f"no clinical table under {root}",
        expected=f"a CSV that begins with {' or '.join(ID_HEADERS)} and has {_MARK!r}",
    )


def read_clinical_file(path: Path) -> list[dict[str, str]]:
    """Return the patients as dicts of stripped text; the key of the id is always `Patient ID`.

    Raises `UserError` for a broken file.
    """
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise UserError(f"{path} is broken", where=f"row {len(rows) + 1}", got=str(error)) from None
    if not rows or not _is_header(rows[0]):
        raise UserError(f"{path} is not the clinical table of NSCLC Radiogenomics")
    header = [ID_HEADERS[0], *(name.strip() for name in rows[0][1:])]
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {number}",
                expected=f"{len(header)} cells",
                got=str(len(row)),
            )
    cells = ([cell.strip() for cell in row] for row in rows[1:] if any(row))
    return [dict(zip(header, row, strict=True)) for row in cells]


def _by_depth(root: Path) -> Iterator[list[Path]]:
    """Yield the CSV files of one depth after the other, in order of their paths."""
    folders = [root]
    while folders:
        entries = sorted(entry for folder in folders for entry in _entries(folder))
        yield [entry for entry in entries if entry.suffix.lower() == ".csv" and entry.is_file()]
        # A link may lead back up, so it is not followed.
        folders = [entry for entry in entries if entry.is_dir() and not entry.is_symlink()]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise UserError(f"cannot read {folder}", got=error.strerror or str(error)) from error


def _is_clinical(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            line = file.readline(100_000).decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    return _is_header(next(csv.reader([line]), []))


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell.strip() for cell in cells]
    return bool(names) and names[0] in ID_HEADERS and _MARK in names


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
