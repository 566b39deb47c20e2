"""The manifest of a folder of images: which files are whose."""

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
from lnmbench_table.sheet import Sheet, read_sheet, shown

_NEEDED = ("case", "image")
_OTHERS = ("patient", "region", "region_name")
POINTS = ".csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One case of a manifest: its image, and a file or coordinates that mark the tumor.

    `where` names the manifest and the row. `region` is None where coordinates are given, a table
    of points where that lacks the case; both are None where the row gives neither. `image` is None
    where the cell is empty.
    """

    case: str
    where: str
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
    """Read a manifest (CSV, TSV or Excel); its paths are relative to its own folder.

    Columns: `case` and `image`; `patient`, where patients have several cases; `region` and
    `region_name`, or coordinates as `parse_location` takes them. A region that ends in `.csv` is a
    table of points with a row for each case.

    Raises `UserError` for a broken table, a case that stands twice or has no name, a row with both
    a region and coordinates, and a broken table of points. Files that are not there are found out
    when the case is read.
    """
    sheet = read_sheet(path)
    _check_headers(sheet)
    rows = [dict(zip(sheet.header, row.cells, strict=True)) for row in sheet.rows]
    where = [f"{path}, row {row.number}" for row in sheet.rows]
    _check_cases(rows, where, path)
    points = {
        file: read_points(file)
        for file in dict.fromkeys(_path(row.get("region", ""), path) for row in rows)
        if file is not None and file.suffix.lower() == POINTS
    }
    has_patients = "patient" in sheet.header
    if has_patients and not all(row["patient"] for row in rows):
        place = next(w for row, w in zip(rows, where, strict=True) if not row["patient"])
        raise UserError("no patient in column 'patient'", where=place)
    return Manifest(
        entries=tuple(
            _entry(row, place, path, points) for row, place in zip(rows, where, strict=True)
        ),
        has_patients=has_patients,
        points=tuple(points),
        notes=(*sheet.notes, *_unused(sheet)),
    )


def _check_headers(sheet: Sheet) -> None:
    counts = Counter(sheet.header)
    for name in _NEEDED:
        if not counts[name]:
            raise UserError(
                f"the manifest has no column {name!r}",
                where=str(sheet.path),
                then=nearest(name, [shown(header) for header in sheet.header if header]),
            )
    if not counts["region"] and not set(COORDINATES) & set(counts):
        raise UserError(
            "the manifest does not say where the tumors are",
            where=str(sheet.path),
            expected="a column 'region', or coordinates: x_mm, y_mm, z_mm, radius_mm",
        )
    for name in (*_NEEDED, *_OTHERS, *COORDINATES):
        if counts[name] > 1:
            raise UserError(
                f"the header {name!r} stands {counts[name]} times", where=str(sheet.path)
            )


def _check_cases(rows: Sequence[Mapping[str, str]], where: Sequence[str], path: Path) -> None:
    for row, place in zip(rows, where, strict=True):
        if not row["case"]:
            raise UserError("no case in column 'case'", where=place)
    repeated = [case for case, n in Counter(row["case"] for row in rows).items() if n > 1]
    if repeated:
        raise UserError(
            f"{plural(len(repeated), 'case occurs', 'cases occur')} more than once",
            where=str(path),
            expected="one row for each case",
            got=f"e.g. {shown(repeated[0])}",
            then="give repeated patients cases of their own and a column 'patient'",
        )


def _entry(
    row: Mapping[str, str],
    where: str,
    manifest: Path,
    points: Mapping[Path, Mapping[str, Location]],
) -> Entry:
    region = _path(row.get("region", ""), manifest)
    location = parse_location(row, where=where)
    if region is not None and location is not None:
        raise UserError(
            "the row gives both a region and coordinates", where=where, expected="one of them"
        )
    if region is not None and row["case"] in points.get(region, {}):
        location, region = points[region][row["case"]], None
    return Entry(
        case=row["case"],
        where=where,
        patient=row.get("patient", ""),
        image=_path(row["image"], manifest),
        region=region,
        region_name=row.get("region_name", ""),
        location=location,
    )


def _path(cell: str, manifest: Path) -> Path | None:
    return manifest.parent / Path(cell).expanduser() if cell else None


def _unused(sheet: Sheet) -> list[str]:
    known = {*_NEEDED, *_OTHERS, *COORDINATES}
    unused = [shown(header) for header in sheet.header if header not in known]
    return [f"columns of the manifest that are not used: {', '.join(unused)}"] if unused else []
