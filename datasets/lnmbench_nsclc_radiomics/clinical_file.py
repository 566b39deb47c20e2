"""Finds and reads the clinical table of NSCLC-Radiomics, wherever it lies under a folder."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lnmbench import UserError
from lnmbench_nsclc_radiomics.variables import ID, NODES, TUMOUR

_NEEDED = (ID, TUMOUR, NODES)


def find_clinical_file(root: Path) -> Path:
    """Return the CSV under `root` that has the table's header; `root` may be the file itself.

    Raises `UserError` where there is none, or more than one.
    """
    if root.is_file():
        return root
    if not root.is_dir():
        raise UserError(f"there is no folder {root}")
    found = [
        Path(folder, name)
        for folder, _, names in os.walk(root)
        for name in sorted(names)
        if name.lower().endswith(".csv") and _is_header(_first_row(Path(folder, name)))
    ]
    if len(found) > 1:
        raise UserError(
            f"{len(found)} clinical tables under {root}",
            got=" and ".join(str(path.relative_to(root)) for path in sorted(found)[:2]),
            then="give the path of one of them as root",
        )
    if not found:
        raise UserError(
            f"no clinical table under {root}", expected=f"a CSV with {', '.join(_NEEDED)}"
        )
    return found[0]


def read_clinical_file(path: Path) -> list[dict[str, str]]:
    """Return the patients as dicts of stripped text, by the headers as the table spells them.

    Raises `UserError` for a broken file, and for ids that are missing or stand twice.
    """
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise UserError(f"{path} is broken", where=f"row {len(rows) + 1}", got=str(error)) from None
    if not rows or not _is_header(rows[0]):
        raise UserError(
            f"{path} is not the clinical table of NSCLC-Radiomics",
            expected=f"a header with {', '.join(_NEEDED)}",
        )
    header = [name.strip() for name in rows[0]]
    for number, row in enumerate(rows[1:], start=2):
        if row and len(row) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {number}",
                expected=f"{len(header)} cells",
                got=str(len(row)),
            )
    patients = [
        dict(zip(header, (cell.strip() for cell in row), strict=True)) for row in rows[1:] if row
    ]
    _check_ids(patients, path)
    return patients


def _check_ids(patients: Sequence[dict[str, str]], path: Path) -> None:
    if not patients:
        raise UserError(f"{path} is empty", expected="at least one patient")
    counts = Counter(patient[ID] for patient in patients)
    repeated = sum(count > 1 for count in counts.values())
    if repeated or counts[""]:
        raise UserError(
            f"{repeated} patient ids stand more than once",
            where=str(path),
            expected="one row a patient, each with an id",
        )


def _first_row(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            line = file.readline(100_000).decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    return next(csv.reader([line]), [])


def _is_header(cells: Sequence[str]) -> bool:
    return set(_NEEDED) <= {cell.strip() for cell in cells}


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")
