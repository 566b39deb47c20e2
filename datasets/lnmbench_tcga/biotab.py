"""Biotab, the format of TCGA's clinical files: tab-separated text with three header rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.tables import Cells, collect_files, files_by_depth, read_rows, select_files

PREFIX = "nationwidechildrens.org_clinical_patient_"
SUFFIX = ".txt"
BARCODE = "bcr_patient_barcode"
HISTOLOGY = "histological_type"
_HEADERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Biotab:
    """The patients of one file as dicts of stripped text. `notes` are for the user."""

    patients: tuple[Mapping[str, str], ...]
    notes: tuple[str, ...] = ()


def find_biotabs(root: Path) -> Mapping[str, Path]:
    """Return the clinical patient file of each cancer below `root`, by its lower-case code.

    Raises `UserError` if there is no such folder or file, or if one cancer has two files.
    """
    named_files = (
        (path.name[len(PREFIX) : -len(SUFFIX)].casefold(), path)
        for files in files_by_depth(root, SUFFIX)
        for path in files
        if path.name.startswith(PREFIX)
    )
    return collect_files(
        named_files, root, noun="cancer", what="clinical file", expected=f"{PREFIX}CANCER{SUFFIX}"
    )


def select_biotabs(cancer: str, files: Mapping[str, Path], root: Path) -> Mapping[str, Path]:
    """Return the files of cancers in the order of `cancer`.

    Parameters
    ----------
    cancer
        Codes of the cancers, joined by `+`.
    files
        The available files, by code.
    root
        The folder of the files, for error messages.

    Raises
    ------
    UserError
        For a cancer without a file, with the name of that file, and for a repeated cancer.
    """
    codes = [code.strip().casefold() for code in cancer.split("+")]
    for code in codes:
        if code.isalnum() and code not in files:
            raise UserError(
                f"no file {PREFIX}{code[:40]}{SUFFIX}",
                where=f"below {root}",
                then=nearest(code, files),
            )
    return select_files(codes, files, noun="cancer")


def read_biotab(path: Path) -> Biotab:
    """Read a file, with the names of its first row. Raises `UserError` for a broken file.

    The histological type has its name in the second row: the first row calls it
    `histologic_diagnosis`, as the name of the project's cancer.
    """
    table = read_rows(path, delimiter="\t", quoted=False)
    if not _is_biotab(table.cells):
        raise UserError(
            f"{path} is not a Biotab clinical file",
            expected="names, names and CDE_ID in the first three rows, then patients",
        )
    first, second = table.cells[:2]
    # If a header occurs twice, the first column counts.
    header = [
        HISTOLOGY if in_second == HISTOLOGY else in_first
        for in_first, in_second in zip_longest(first, second[: len(first)], fillvalue="")
    ][::-1]
    patients = tuple(
        dict(zip(header, row[::-1], strict=True)) for row in table.rows_below(_HEADERS)
    )
    return Biotab(patients=patients, notes=table.notes)


def _is_biotab(rows: Cells) -> bool:
    has_barcodes = len(rows) > _HEADERS and BARCODE in rows[0]
    return has_barcodes and "".join(rows[2][:1]).startswith("CDE_ID")
