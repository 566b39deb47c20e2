"""The manifest of a folder of images: the files of each case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from lnmbench import UserError
from lnmbench.errors import nearest, raise_all
from lnmbench.imaging.grid_limits import FARTHEST_MM
from lnmbench.imaging.regions.points import COLUMNS as COORDINATES
from lnmbench.imaging.regions.points import Location
from lnmbench.text import quote
from lnmbench_table.case_rows import COLUMNS, CaseRow, CaseTable, read_case_table
from lnmbench_table.paths import PathFinder
from lnmbench_table.points import is_table_of_points, read_points

_NEEDED = ("case", "image")
_SYNONYMS = {
    "case": (
        *("id", "case_id", "caseid", "case id", "patient_id", "subject", "name"),
        *("fall", "fall-id", "patienten-id", "cas", "caso", "casus", "geval"),
        *("病例", "编号", "编码", "患者", "症例", "症例番号", "증례"),
    ),
    "image": (
        *("ct", "scan", "volume", "img", "images", "image_path", "ct_path", "path", "file"),
        *("bild", "bilder", "aufnahme", "imagen", "immagine", "imagem", "beeld", "scanner"),
        *("影像", "图像", "影像路径", "画像", "영상"),
    ),
    "region": (
        *("mask", "masks", "seg", "segmentation", "label", "roi", "tumor", "rtstruct"),
        *("maske", "segmentierung", "masque", "máscara", "mascara", "maschera", "masker"),
        *("掩膜", "掩模", "分割", "勾画", "マスク", "마스크"),
    ),
}


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


def read_manifest(path: Path, radius_mm: float | None = None) -> Manifest:
    """Read a manifest (CSV, TSV or Excel); its paths are relative to its folder.

    Columns, in any case: `case` and `image`; `patient`, if patients have several cases; `region`
    and `region_name`, or coordinates as in `parse_location`. A region that is a CSV, TSV or Excel
    file is a table of points with a row for each case. Reading a case, not the manifest, detects
    missing files.

    Parameters
    ----------
    path
        The manifest.
    radius_mm
        Radius of points that have neither a radius nor slices.

    Raises
    ------
    UserError
        For a broken table, missing columns, and a broken table of points; one for all rows that are
        wrong: a case that is repeated or has no name, a row with both a region and coordinates, and
        coordinates that are not numbers.
    """
    if radius_mm is not None and not 0 < radius_mm < FARTHEST_MM:
        raise UserError(
            "the radius of the points is not a length",
            expected="radius_mm above 0",
            got=str(radius_mm),
        )
    table = read_case_table(path, radius_mm)
    _require_columns(table)
    errors = [*chain.from_iterable(map(_check, table.rows)), *table.check_cases()]
    raise_all(errors, "the manifest")
    paths = PathFinder(folder=path.parent)
    regions = [paths.find(row.cells.get("region", "")) for row in table.rows]
    points = {
        region: read_points(region, radius_mm)
        for region in dict.fromkeys(regions)
        if region is not None and is_table_of_points(region)
    }
    return Manifest(
        entries=tuple(
            _make_entry(row, paths.find(row.cells["image"]), region, points)
            for row, region in zip(table.rows, regions, strict=True)
        ),
        has_patients="patient" in table.columns,
        points=tuple(points),
        notes=(*table.notes, *paths.notes, *_note_unused_columns(table)),
    )


def _require_columns(table: CaseTable) -> None:
    missing = [name for name in _NEEDED if name not in table.columns]
    has_regions = bool({"region", *COORDINATES} & set(table.columns))
    renaming = _suggest_renaming([*missing, *([] if has_regions else ["region"])], table)
    if missing:
        known = [quote(header) for header in table.header if header]
        raise UserError(
            f"the manifest has no column {missing[0]!r}",
            where=str(table.path),
            expected="columns 'case', 'image' and 'region', or coordinates instead of 'region'",
            then=renaming or nearest(missing[0], known),
        )
    if not has_regions:
        raise UserError(
            "the manifest has no tumor regions",
            where=str(table.path),
            expected="a column 'region', or coordinates: x_mm, y_mm, z_mm, radius_mm",
            then=renaming or "for whole scans (--region none), add an empty column 'region'",
        )


def _suggest_renaming(names: Sequence[str], table: CaseTable) -> str:
    """Return the next step for missing columns, if other headers mean the same."""
    synonyms = {
        name: header
        for name in names
        for header in reversed(table.header)
        if header.casefold() in _SYNONYMS[name]
    }
    steps = [f"{quote(header)} to {name!r}" for name, header in synonyms.items()]
    return f"rename the column{'s' * (len(steps) > 1)} {', '.join(steps)}" if steps else ""


def _check(row: CaseRow) -> Iterator[UserError]:
    errors = list(row.check())
    yield from errors
    if not errors and row.cells.get("region") and row.read_location() is not None:
        yield UserError(
            "the row has both a region and coordinates", where=row.origin, expected="one of them"
        )


def _make_entry(
    row: CaseRow,
    image: Path | None,
    region: Path | None,
    points: Mapping[Path, Mapping[str, Location]],
) -> Entry:
    location = row.read_location()
    if region is not None and row.case in points.get(region, {}):
        location, region = points[region][row.case], None
    return Entry(
        case=row.case,
        origin=row.origin,
        patient=row.cells.get("patient", ""),
        image=image,
        region=region,
        region_name=row.cells.get("region_name", ""),
        location=location,
    )


def _note_unused_columns(table: CaseTable) -> list[str]:
    unused = [
        quote(header)
        for header, column in zip(table.header, table.columns, strict=True)
        if column not in COLUMNS
    ]
    return [f"unused columns of the manifest: {', '.join(unused)}"] if unused else []
