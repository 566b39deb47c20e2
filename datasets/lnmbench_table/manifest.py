"""The manifest of a folder of images: the files of each case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest
from lnmbench.imaging.regions.points import COLUMNS as COORDINATES
from lnmbench.imaging.regions.points import Location, parse_location, read_points
from lnmbench.text import plural
from lnmbench_table.sheet import Sheet, quote_text, read_sheet

_NEEDED = ("case", "image")
_OTHERS = ("patient", "region", "region_name")
POINTS = ".csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case of a manifest: its image, and a file or coordinates that mark the tumor.

    `origin` is the manifest and the row, for error messages. `region` is None if the row has
    coordinates, and a table of points if that table lacks the case; `region` and `location` are
    None if the row has neither. `image` is None if the cell is empty.
    """

    case: str
    origin: str
    patient: str = ""
    image: Path | None = None
    region: Path | None = None
    region_name: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The entries in the order of the file. `notes` are for the user."""

    entries: tuple[Entry, ...]
    has_patients: bool
    points: tuple[Path, ...]
    notes: tuple[str, ...]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest (CSV, TSV or Excel); its paths are relative to its folder.

    Columns: `case` and `image`; `patient`, if patients have several cases; `region` and
    `region_name`, or coordinates as in `parse_location`. A region that ends in `.csv` is a table of
    points with a row for each case. Reading a case, not the manifest, detects missing files.

    Raises
    ------
    UserError
        For a broken table, a case that is repeated or has no name, a row with both a region and
        coordinates, and a broken table of points.
    """
    sheet = read_sheet(path)
    _check_headers(sheet)
    rows = [dict(zip(sheet.header, row.cells, strict=True)) for row in sheet.rows]
    origins = [f"{path}, row {row.number}" for row in sheet.rows]
    _check_cases(rows, origins, path)
    points = {
        file: read_points(file)
        for file in dict.fromkeys(_resolve_path(row.get("region", ""), path) for row in rows)
        if file is not None and file.suffix.lower() == POINTS
    }
    has_patients = "patient" in sheet.header
    if has_patients and not all(row["patient"] for row in rows):
        origin = next(o for row, o in zip(rows, origins, strict=True) if not row["patient"])
        raise UserError("no patient in column 'patient'", where=origin)
    return Manifest(
        entries=tuple(
            _make_entry(row, origin, path, points)
            for row, origin in zip(rows, origins, strict=True)
        ),
        has_patients=has_patients,
        points=tuple(points),
        notes=(*sheet.notes, *_note_unused_columns(sheet)),
    )


def _check_headers(sheet: Sheet) -> None:
    counts = Counter(sheet.header)
    for name in _NEEDED:
        if not counts[name]:
            raise UserError(
                f"the manifest has no column {name!r}",
                where=str(sheet.path),
                then=nearest(name, [quote_text(header) for header in sheet.header if header]),
            )
    if not counts["region"] and not set(COORDINATES) & set(counts):
        raise UserError(
            "the manifest has no tumor regions",
            where=str(sheet.path),
            expected="a column 'region', or coordinates: x_mm, y_mm, z_mm, radius_mm",
        )
    for name in (*_NEEDED, *_OTHERS, *COORDINATES):
        if counts[name] > 1:
            raise UserError(
                f"header {name!r} occurs {counts[name]} times",
                where=str(sheet.path),
                then="remove all but one of these columns",
            )


def _check_cases(rows: Sequence[Mapping[str, str]], origins: Sequence[str], path: Path) -> None:
    for row, origin in zip(rows, origins, strict=True):
        if not row["case"]:
            raise UserError("no case in column 'case'", where=origin)
    repeated = [case for case, n in Counter(row["case"] for row in rows).items() if n > 1]
    if repeated:
        raise UserError(
            f"{plural(len(repeated), 'case occurs', 'cases occur')} more than once",
            where=str(path),
            expected="one row for each case",
            got=f"e.g. {quote_text(repeated[0])}",
            then="give each case of a patient its own name, and add a column 'patient'",
        )


def _make_entry(
    row: Mapping[str, str],
    origin: str,
    manifest: Path,
    points: Mapping[Path, Mapping[str, Location]],
) -> Entry:
    region = _resolve_path(row.get("region", ""), manifest)
    location = parse_location(row, where=origin)
    if region is not None and location is not None:
        raise UserError(
            "the row has both a region and coordinates", where=origin, expected="one of them"
        )
    if region is not None and row["case"] in points.get(region, {}):
        location, region = points[region][row["case"]], None
    return Entry(
        case=row["case"],
        origin=origin,
        patient=row.get("patient", ""),
        image=_resolve_path(row["image"], manifest),
        region=region,
        region_name=row.get("region_name", ""),
        location=location,
    )


def _resolve_path(cell: str, manifest: Path) -> Path | None:
    return manifest.parent / Path(cell).expanduser() if cell else None


def _note_unused_columns(sheet: Sheet) -> list[str]:
    known = {*_NEEDED, *_OTHERS, *COORDINATES}
    unused = [quote_text(header) for header in sheet.header if header not in known]
    return [f"unused columns of the manifest: {', '.join(unused)}"] if unused else []
