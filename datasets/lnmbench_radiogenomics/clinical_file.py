"""The clinical table of NSCLC Radiogenomics: its header, and its patients."""

from __future__ import annotations

from pathlib import Path

from lnmbench import UserError
from lnmbench.tables import Cells, Rows, find_table

ID_HEADERS = ("Patient ID", "Case ID")
_MARK = "Pathological N stage"


def find_clinical_file(root: Path) -> Path:
    """Return the table nearest to the root, or the root itself if it is a file.

    Raises `UserError` where there is none, or more than one at the same depth.
    """
    return find_table(
        root,
        _is_header,
        what="clinical table",
        expected=f"a CSV that begins with {' or '.join(ID_HEADERS)} and has {_MARK!r}",
    )


def patients_of(table: Rows) -> list[dict[str, str]]:
    """Return the patients as dicts of text; the key of the id is always `Patient ID`.

    Raises `UserError` for another table, and for a broken one.
    """
    if not _is_header(table.cells):
        raise UserError(f"{table.path} is not the clinical table of NSCLC Radiogenomics")
    header = (ID_HEADERS[0], *table.cells[0][1:])
    return [dict(zip(header, row, strict=True)) for row in table.below()]


def _is_header(rows: Cells) -> bool:
    return bool(rows and rows[0]) and rows[0][0] in ID_HEADERS and _MARK in rows[0]
