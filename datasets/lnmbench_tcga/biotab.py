"""Reads Biotab: tab-separated text with three header rows, as TCGA's clinical files come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest

PREFIX = "nationwidechildrens.org_clinical_patient_"
SUFFIX = ".txt"


def find_biotabs(root: Path) -> Mapping[str, Path]:
    """Return the clinical patient file of each cancer under `root`, by its lower-case code.

    Raises `UserError` where there is no such folder or file, or two files for one cancer.
    """
    if not root.is_dir():
        raise UserError(f"there is no folder {root}", expected="a folder with TCGA Biotab files")
    found: dict[str, Path] = {}
    for folder, folders, names in os.walk(root):
        folders.sort()
        for name in sorted(names):
            if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
                continue
            code = name[len(PREFIX) : -len(SUFFIX)].casefold()
            if code in found:
                raise UserError(
                    f"two files for cancer {code!r}",
                    where=str(root),
                    got=f"{found[code]} and {Path(folder, name)}",
                    then="give the root of one of them",
                )
            found[code] = Path(folder, name)
    if not found:
        raise UserError(f"no clinical file under {root}", expected=f"{PREFIX}CANCER{SUFFIX}")
    return found


def chosen(cancer: str, files: Mapping[str, Path]) -> Mapping[str, Path]:
    """Return the files of the cancers that are joined by `+`, in the order in which they stand."""
    codes = [code.strip().casefold() for code in cancer.split("+")]
    for code in codes:
        if code not in files:
            raise UserError(f"unknown cancer {code[:40]!r}", then=nearest(code, files))
    if len(set(codes)) < len(codes):
        raise UserError("a cancer is named twice", got=repr(cancer[:60]))
    return {code: files[code] for code in codes}


def read_biotab(path: Path) -> list[dict[str, str]]:
    """Return a file's patients as dicts of stripped text, without the second and third row.

    Where a header stands twice, the first column counts. Raises `UserError` for a broken file.
    """
    try:
        text = path.read_bytes().decode("latin-1")
    except OSError as error:
        raise UserError(f"cannot read {path}", got=error.strerror or str(error)) from error
    lines = text.replace("\r\n", "\n").split("\n")
    rows = [[cell.strip() for cell in line.split("\t")] for line in lines if line.strip()]
    if len(rows) < 4 or "bcr_patient_barcode" not in rows[0] or rows[2][0][:6] != "CDE_ID":
        raise UserError(
            f"{path} is not a Biotab clinical file",
            expected="names, names and CDE_ID in the first three rows, then patients",
        )
    header = rows[0]
    for number, row in enumerate(rows[3:], start=4):
        if len(row) != len(header):
            raise UserError(
                f"{path} is broken",
                where=f"row {number}",
                expected=f"{len(header)} cells",
                got=str(len(row)),
            )
    return [dict(zip(reversed(header), reversed(row), strict=True)) for row in rows[3:]]
