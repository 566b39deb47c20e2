"""Reads Biotab: tab-separated text with three header rows, as TCGA's clinical files come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.tables import Cells, files_by_depth, read_rows

PREFIX = "nationwidechildrens.org_clinical_patient_"
SUFFIX = ".txt"
BARCODE = "bcr_patient_barcode"
_HEADERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Biotab:
    """The patients of one file as dicts of stripped text. `notes` are for the user."""

    patients: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...] = ()


def find_biotabs(root: Path) -> Mapping[str, Path]:
    """Return the clinical patient file of each cancer under `root`, by its lower-case code.

    Raises `UserError` where there is no such folder or file, or two files for one cancer.
    """
    found: dict[str, Path] = {}
    for files in files_by_depth(root, SUFFIX):
        for path in files:
            if not path.name.startswith(PREFIX):
                continue
            code = path.name[len(PREFIX) : -len(SUFFIX)].casefold()
            if code in found:
                raise UserError(
                    f"two files for cancer {code!r}",
                    where=str(root),
                    got=f"{found[code]} and {path}",
                    then="give the root of one of them",
                )
            found[code] = path
    if not found:
        raise UserError(f"no clinical file under {root}", expected=f"{PREFIX}CANCER{SUFFIX}")
    return found


def chosen(cancer: str, files: Mapping[str, Path], root: Path) -> Mapping[str, Path]:
    """Return the files of the cancers that are joined by `+`, in the order in which they stand.

    Raises `UserError` with the name of the file that `root`, where `files` were found, lacks.
    """
    codes = [code.strip().casefold() for code in cancer.split("+")]
    for code in codes:
        if not code.isalnum():
            raise UserError(f"unknown cancer {code[:40]!r}", then=_there(code, files))
        if code not in files:
            raise UserError(
                f"there is no file {PREFIX}{code[:40]}{SUFFIX}",
                where=f"below {root}",
                then=_there(code, files),
            )
    if len(set(codes)) < len(codes):
        raise UserError("a cancer is named twice", got=repr(cancer[:60]))
    return {code: files[code] for code in codes}


def read_biotab(path: Path) -> Biotab:
    """Read a file, without its second and third row. Raises `UserError` for a broken file."""
    table = read_rows(path, delimiter="\t", quoted=False)
    if not _is_biotab(table.cells):
        raise UserError(
            f"{path} is not a Biotab clinical file",
            expected="names, names and CDE_ID in the first three rows, then patients",
        )
    # Where a header stands twice, the first column counts.
    header = table.cells[0][::-1]
    patients = tuple(dict(zip(header, row[::-1], strict=True)) for row in table.below(_HEADERS))
    return Biotab(patients=patients, notes=table.notes)


def _there(code: str, files: Mapping[str, Path]) -> str:
    return nearest(code, files).replace("known:", "there:")


def _is_biotab(rows: Cells) -> bool:
    there = len(rows) > _HEADERS and BARCODE in rows[0]
    return there and "".join(rows[2][:1]).startswith("CDE_ID")
