"""The manifest of a folder of images: the files of each case."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest, raise_all
from lnmbench.imaging.regions.points import COLUMNS as COORDINATES
from lnmbench.imaging.regions.points import Location, parse_location, read_points
from lnmbench.text import plural
from lnmbench_table.paths import PathFinder
from lnmbench_table.sheet import Sheet, quote_text, read_sheet

_NEEDED = ("case", "image")
_OTHERS = ("patient", "region", "region_name")
_IDS = ("case", "patient")
_KNOWN = (*_NEEDED, *_OTHERS, *COORDINATES)
_SYNONYMS = {
    "case": ("id", "case_id", "caseid", "case id", "patient_id", "subject", "name"),
    "image": ("ct", "scan", "volume", "img", "images", "image_path", "ct_path", "path", "file"),
    "region": ("mask", "masks", "seg", "segmentation", "label", "roi", "tumor", "rtstruct"),
}
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

    Columns, in any case: `case` and `image`; `patient`, if patients have several cases; `region`
    and `region_name`, or coordinates as in `parse_location`. A region that ends in `.csv` is a
    table of points with a row for each case. Reading a case, not the manifest, detects missing
    files.

    Raises
    ------
    UserError
        For a broken table, missing columns, and a broken table of points; one for all rows that are
        wrong: a case that is repeated or has no name, a row with both a region and coordinates, and
        coordinates that are not numbers.
    """
    sheet = read_sheet(path)
    headers = [_name_header(header) for header in sheet.header]
    _check_headers(sheet, headers)
    rows = [_read_cells(headers, row.cells) for row in sheet.rows]
    origins = [f"{path}, row {row.number}" for row in sheet.rows]
    has_patients = "patient" in headers
    _check_rows(rows, origins, path)
    paths = PathFinder(folder=path.parent)
    files = [paths.find(row.get("region", "")) for row in rows]
    points = {
        file: read_points(file)
        for file in dict.fromkeys(files)
        if file is not None and file.suffix.lower() == POINTS
    }
    return Manifest(
        entries=tuple(
            _make_entry(row, origin, paths.find(row["image"]), file, points)
            for row, origin, file in zip(rows, origins, files, strict=True)
        ),
        has_patients=has_patients,
        points=tuple(points),
        notes=(*sheet.notes, *paths.notes, *_note_unused_columns(sheet, headers)),
    )


def _name_header(header: str) -> str:
    """Return the column of a header, spelled in any case, with blanks or hyphens; else the header.

    Examples
    --------
    >>> _name_header("Region Name"), _name_header("IMAGE"), _name_header("ward")
    ('region_name', 'image', 'ward')
    """
    name = re.sub(r"[\s_-]+", "_", unicodedata.normalize("NFKC", header).strip().casefold())
    return name if name in _KNOWN else header


def _read_cells(headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    row = dict(zip(headers, cells, strict=True))
    # One case has one id, whatever form of its accents a file system or program prefers
    ids = {name: unicodedata.normalize("NFC", row[name]) for name in _IDS if name in row}
    return {**row, **ids}


def _check_headers(sheet: Sheet, headers: Sequence[str]) -> None:
    counts = Counter(headers)
    for name in _NEEDED:
        if not counts[name]:
            raise UserError(
                f"the manifest has no column {name!r}",
                where=str(sheet.path),
                then=_suggest_header(name, sheet.header),
            )
    if not counts["region"] and not set(COORDINATES) & set(counts):
        raise UserError(
            "the manifest has no tumor regions",
            where=str(sheet.path),
            expected="a column 'region', or coordinates: x_mm, y_mm, z_mm, radius_mm",
            then=_suggest_header("region", sheet.header, only_synonyms=True),
        )
    for name in _KNOWN:
        if counts[name] > 1:
            raise UserError(
                f"header {name!r} occurs {counts[name]} times",
                where=str(sheet.path),
                then="remove all but one of these columns",
            )


def _suggest_header(name: str, headers: Sequence[str], *, only_synonyms: bool = False) -> str:
    """Return the next step for a missing column: a header to rename, or the known ones."""
    for header in headers:
        if header.casefold() in _SYNONYMS[name]:
            return f"rename the column {quote_text(header)} to {name!r}"
    if only_synonyms:
        return ""
    return nearest(name, [quote_text(header) for header in headers if header])


def _check_rows(rows: Sequence[Mapping[str, str]], origins: Sequence[str], path: Path) -> None:
    """Raise one `UserError` for all rows that cannot be used."""
    errors = [*chain.from_iterable(map(_check_row, rows, origins)), *_check_cases(rows, path)]
    raise_all(errors, "the manifest")


def _check_row(row: Mapping[str, str], origin: str) -> Iterator[UserError]:
    for name in _IDS:
        if not row.get(name, "-"):
            yield UserError(f"no {name} in column {name!r}", where=origin)
    try:
        location = parse_location(row, where=origin)
    except UserError as error:
        yield error
    else:
        if row.get("region") and location is not None:
            yield UserError(
                "the row has both a region and coordinates", where=origin, expected="one of them"
            )


def _check_cases(rows: Sequence[Mapping[str, str]], path: Path) -> Iterator[UserError]:
    counts = Counter(row["case"] for row in rows if row["case"])
    repeated = [case for case, n in counts.items() if n > 1]
    if repeated:
        yield UserError(
            f"{plural(len(repeated), 'case occurs', 'cases occur')} more than once",
            where=str(path),
            expected="one row for each case",
            got=f"e.g. {quote_text(repeated[0])}",
            then="give each case of a patient its own name, and add a column 'patient'",
        )


def _make_entry(
    row: Mapping[str, str],
    origin: str,
    image: Path | None,
    region: Path | None,
    points: Mapping[Path, Mapping[str, Location]],
) -> Entry:
    location = parse_location(row, where=origin)
    if region is not None and row["case"] in points.get(region, {}):
        location, region = points[region][row["case"]], None
    return Entry(
        case=row["case"],
        origin=origin,
        patient=row.get("patient", ""),
        image=image,
        region=region,
        region_name=row.get("region_name", ""),
        location=location,
    )


def _note_unused_columns(sheet: Sheet, headers: Sequence[str]) -> list[str]:
    unused = [
        quote_text(header)
        for header, name in zip(sheet.header, headers, strict=True)
        if name not in _KNOWN
    ]
    return [f"unused columns of the manifest: {', '.join(unused)}"] if unused else []
