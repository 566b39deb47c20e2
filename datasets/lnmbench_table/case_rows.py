"""Rows of a manifest or of a table of points: cells by column, and their errors in one message."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.imaging.regions.points import COLUMNS as COORDINATES
from lnmbench.imaging.regions.points import POINT_COLUMNS, Location, parse_location
from lnmbench.text import plural, quote
from lnmbench_table.sheet import read_sheet

COLUMNS = ("case", "image", "patient", "region", "region_name", *COORDINATES)
_IDS = ("case", "patient")
_EXTENTS = ("radius_mm", "first_slice", "last_slice")
_MOST_ROWS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    """Cells of one row by column; `origin` is the file and the row, for error messages."""

    cells: Mapping[str, str]
    origin: str

    @property
    def case(self) -> str:
        """The id of the case, accents composed."""
        return self.cells["case"]

    def read_location(self) -> Location | None:
        """Return the coordinates of the row, as `parse_location`."""
        return parse_location(self.cells, where=self.origin)

    def check(self) -> Iterator[UserError]:
        """Yield the errors of the row: no id, and coordinates that are no location."""
        for name in _IDS:
            if not self.cells.get(name, "-"):
                yield UserError(f"no {name} in column {name!r}", where=self.origin)
        try:
            self.read_location()
        except UserError as error:
            yield error


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTable:
    """A table with a row for each case; `header` has the names of `columns` as written.

    `notes` are for the user.
    """

    path: Path
    header: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[CaseRow, ...]
    notes: tuple[str, ...]

    def check_cases(self) -> Iterator[UserError]:
        """Yield an error if a case has several rows."""
        counts = Counter(row.case for row in self.rows if row.case)
        repeated = [case for case, count in counts.items() if count > 1]
        if repeated:
            rows = [r.origin.rpartition(" ")[2] for r in self.rows if r.case == repeated[0]]
            yield UserError(
                f"{plural(len(repeated), 'case occurs', 'cases occur')} more than once",
                where=str(self.path),
                expected="one row for each case",
                got=f"e.g. {quote(repeated[0])} in rows {', '.join(rows[:_MOST_ROWS])}",
                then="give each case of a patient its own name, and add a column 'patient'",
            )


def read_case_table(path: Path, radius_mm: float | None = None) -> CaseTable:
    """Read a table (CSV, TSV or Excel); its headers may be in any case, with blanks or hyphens.

    The caller checks which columns it needs.

    Parameters
    ----------
    path
        The table.
    radius_mm
        Radius of points that have neither a radius nor slices.

    Raises
    ------
    UserError
        For a file that cannot be read, and for a column that occurs twice.
    """
    sheet = read_sheet(path)
    columns = tuple(map(_name_column, sheet.header))
    for name, count in Counter(columns).items():
        if count > 1 and name in COLUMNS:
            raise UserError(
                f"header {name!r} occurs {count} times",
                where=str(path),
                then="remove all but one of these columns",
            )
    return CaseTable(
        path=path,
        header=sheet.header,
        columns=columns,
        rows=tuple(
            CaseRow(
                cells=_read_cells(columns, row.cells, radius_mm),
                origin=f"{path}, row {row.number}",
            )
            for row in sheet.rows
        ),
        notes=sheet.notes,
    )


def _name_column(header: str) -> str:
    """Return the column of a header; the header itself if it is none.

    Examples
    --------
    >>> _name_column("Region Name"), _name_column("IMAGE"), _name_column("ward")
    ('region_name', 'image', 'ward')
    """
    name = re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", header).strip().casefold())
    return name if name in COLUMNS else header


def _read_cells(
    columns: Sequence[str], cells: Sequence[str], radius_mm: float | None
) -> dict[str, str]:
    row = dict(zip(columns, cells, strict=True))
    # One case has one id, whatever form of its accents a file system or program prefers
    ids = {name: unicodedata.normalize("NFC", row[name]) for name in _IDS if name in row}
    is_seed = any(map(row.get, POINT_COLUMNS)) and not any(map(row.get, _EXTENTS))
    radius = {} if radius_mm is None or not is_seed else {"radius_mm": str(radius_mm)}
    return {**row, **ids, **radius}
