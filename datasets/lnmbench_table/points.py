"""Tables of points: the locations of the tumors of several cases."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import raise_all
from lnmbench.imaging.regions.points import COLUMNS as COORDINATES
from lnmbench.imaging.regions.points import Location
from lnmbench_table.case_rows import CaseRow, read_case_table

SUFFIXES = (".csv", ".tsv", ".xlsx")


def is_table_of_points(path: Path) -> bool:
    """Return whether a region is a table of points, by its name."""
    return path.suffix.lower() in SUFFIXES


def read_points(path: Path, radius_mm: float | None = None) -> dict[str, Location]:
    """Return the locations of a table with the column `case` and those of `parse_location`.

    Points that have neither a radius nor slices get `radius_mm`. Raises `UserError` for a broken
    file, and one for all rows that are wrong: a row without case or location, and a case in two
    rows.
    """
    table = read_case_table(path, radius_mm)
    if "case" not in table.columns or not set(table.columns) & set(COORDINATES):
        raise UserError(
            f"{path} is not a table of points", expected="a column 'case', and coordinates"
        )
    errors = [*chain.from_iterable(map(_check, table.rows)), *table.check_cases()]
    raise_all(errors, "the table of points")
    locations = {row.case: row.read_location() for row in table.rows}
    return {case: location for case, location in locations.items() if location is not None}


def _check(row: CaseRow) -> list[UserError]:
    errors = list(row.check())
    if not errors and row.read_location() is None:
        errors.append(UserError("the row has no coordinates", where=row.origin))
    return errors
