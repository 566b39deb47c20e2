"""The clinical table of NSCLC-Radiomics: its header, and its patients."""

from __future__ import annotations

from pathlib import Path

from lnmbench import UserError
from lnmbench.tables import Cells, Rows, find_table, require_unique_ids
from lnmbench_nsclc_radiomics.variables import ID, NODES, TUMOR

_NEEDED = (ID, TUMOR, NODES)


def find_clinical_file(root: Path) -> Path:
    """Return the table nearest to the root, or the root itself if it is a file.

    Raises `UserError` where there is none, or more than one at the same depth.
    """
    return find_table(
        root, _is_header, what="clinical table", expected=f"a CSV with {', '.join(_NEEDED)}"
    )


def patients_of(table: Rows) -> list[dict[str, str]]:
    """Return the patients as dicts of text, by the headers as the table spells them.

    Raises `UserError` for another table, a broken one, and ids that are missing or stand twice.
    """
    if not _is_header(table.cells):
        raise UserError(
            f"{table.path} is not the clinical table of NSCLC-Radiomics",
            expected=f"a header with {', '.join(_NEEDED)}",
        )
    patients = [dict(zip(table.cells[0], row, strict=True)) for row in table.below()]
    require_unique_ids([patient[ID] for patient in patients], where=str(table.path))
    return patients


def _is_header(rows: Cells) -> bool:
    return bool(rows) and set(_NEEDED) <= set(rows[0])
