"""The rows of the clinical table: checked, completed, and what is to be known of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lnmbench import Column, UserError
from lnmbench.errors import nearest
from lnmbench.tables import require_cells, require_unique_ids
from lnmbench_radiogenomics.clinical_file import ID_HEADERS
from lnmbench_radiogenomics.variables import (
    CENTER,
    COLUMNS,
    FEATURES,
    NEVER_SMOKED,
    NODES,
    PACK_YEARS,
    SMOKING,
    TUMOR,
)

ID = ID_HEADERS[0]


def check_rows(rows: Sequence[Mapping[str, str]], path: Path) -> None:
    """Raise `UserError` for columns, ids or values that are not the collection's."""
    for column in COLUMNS:
        if column.name not in rows[0]:
            raise UserError(
                f"there is no column {column.name!r}",
                where=str(path),
                then=nearest(column.name, rows[0]),
            )
    ids = [row[ID] for row in rows]
    require_unique_ids(ids, where=str(path))
    require_cells(COLUMNS, ids, rows, where=f"{path},")


def with_pack_years(row: Mapping[str, str]) -> dict[str, str]:
    """Return the row; nonsmokers have N/A pack-years, which is a known zero."""
    return {**row, PACK_YEARS: "0"} if _never_smoked(row) else dict(row)


def _never_smoked(row: Mapping[str, str]) -> bool:
    return row[SMOKING] == NEVER_SMOKED and row[PACK_YEARS] == "N/A"


def notes_of(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Say what is unknown, what was completed and what is left out, with counts."""
    for name in (NODES, TUMOR):
        unknown = sum(math.isnan(_column(name).encode(row[name])) for row in rows)
        yield f"{name}: unknown for {unknown} of {len(rows)} patients"
    yield f"{PACK_YEARS}: 0 for {sum(map(_never_smoked, rows))} nonsmokers, who have N/A"
    missing = {
        column.name: sum(math.isnan(column.encode(row[column.name])) for row in rows)
        for column in FEATURES
        if column.name != PACK_YEARS
    }
    told = ", ".join(f"{name} {count}" for name, count in missing.items() if count)
    yield f"missing values in the features: {told or 'none'}"
    left_out = [name for name in rows[0] if name not in {ID, CENTER, *(c.name for c in COLUMNS)}]
    yield (
        f"{len(left_out)} columns are left out, as known only after surgery, not dated to before "
        f"it, or dates: {', '.join(map(repr, left_out))}"
    )


def _column(name: str) -> Column:
    return next(column for column in COLUMNS if column.name == name)
