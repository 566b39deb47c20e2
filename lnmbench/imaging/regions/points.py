"""Tumor locations in cells: points and boxes in LPS or RAS mm or in voxels, one row per case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import FARTHEST_MM
from lnmbench.imaging.regions.grids import Region, refuse_large_region
from lnmbench.imaging.regions.shapes import (
    Point,
    point_of_voxel,
    region_from_box,
    region_from_point,
    region_from_point_and_slices,
)
from lnmbench.text import parse_number

Unit = Literal["mm", "voxel"]
SYSTEM = "coordinate_system"
_SYSTEMS: dict[str, Unit] = {"lps": "mm", "ras": "mm", "voxel": "voxel"}
_MIRRORED = "ras"
# Coordinates without a unit have that of their coordinate system.
_SUFFIXES: dict[str, Unit | None] = {"_mm": "mm", "_voxel": "voxel", "": None}
_AXES = ("x", "y", "z")
_REST = ("radius_mm", "first_slice", "last_slice")
POINT_COLUMNS = tuple(f"x{suffix}" for suffix in _SUFFIXES)
"""The first coordinate of a point, in each unit."""
COLUMNS = (
    *(f"{axis}{end}{suffix}" for suffix in _SUFFIXES for end in ("", "1", "2") for axis in _AXES),
    *_REST,
    SYSTEM,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Location of a tumor in numbers: a point, or a box with the opposite corner `last`.

    Coordinates are LPS mm, or voxel indices from 0. `slices` are the first and the last index of
    the image's third axis.
    """

    first: Point
    last: Point | None = None
    unit: Unit = "mm"
    radius_mm: float = 0.0
    slices: tuple[int, int] | None = None

    def region(self, image: sitk.Image) -> Region:
        """Return the region on the grid of the image.

        Raises `UserError` if it is outside, or more than half of the image.
        """
        region = self._draw(image)
        refuse_large_region(region.mask, where="the coordinates")
        return region

    def _draw(self, image: sitk.Image) -> Region:
        first = self._to_mm(self.first, image)
        if self.last is not None:
            return region_from_box(image, first, self._to_mm(self.last, image))
        if self.slices is not None:
            return region_from_point_and_slices(image, first, self.radius_mm, *self.slices)
        return region_from_point(image, first, self.radius_mm)

    def _to_mm(self, point: Point, image: sitk.Image) -> Point:
        return point if self.unit == "mm" else point_of_voxel(image, point)


def parse_location(cells: Mapping[str, str], *, where: str) -> Location | None:
    """Return the location in the cells of one row, or None if all of them are empty.

    A point is `x_mm`, `y_mm`, `z_mm` with `radius_mm`, or with `first_slice` and `last_slice`
    (then without a radius it is one voxel on each slice); a box is `x1_mm` … `z2_mm`. All of
    these may end in `_voxel` instead. `coordinate_system` is LPS (the default of mm), RAS or
    voxel; with it, coordinates may lack their unit: `x`, `y`, `z`.

    Raises `UserError` for cells that are not numbers, missing coordinates, more than one location,
    and coordinates without a unit and a system.
    """
    filled = {name: cells[name] for name in COLUMNS if cells.get(name, "").strip()}
    system = filled.pop(SYSTEM, "").strip().casefold()
    if not filled:
        return None
    if system and system not in _SYSTEMS:
        raise UserError(
            f"unknown {SYSTEM} {cells[SYSTEM][:20]!r}", where=where, expected="LPS, RAS or voxel"
        )
    numbers = {name: _number(text, name, where) for name, text in filled.items()}
    suffix, unit = _suffix(numbers, where)
    unit = _unit(unit, system, suffix, where)
    sign = -1.0 if system == _MIRRORED else 1.0
    point = _point(numbers, "", suffix, sign, where)
    first, last = (_point(numbers, end, suffix, sign, where) for end in ("1", "2"))
    if point is not None and first is None and last is None:
        return _make_location(point, unit, numbers, where)
    if point is None and first and last and not set(_REST) & set(numbers):
        return Location(first=first, last=last, unit=unit)
    raise UserError(
        "the location is not a point or a box",
        where=where,
        expected=f"x_{unit}, y_{unit}, z_{unit} and radius_mm, or x1_{unit} … z2_{unit}",
        got=", ".join(filled),
    )


def _make_location(point: Point, unit: Unit, numbers: Mapping[str, float], where: str) -> Location:
    radius, first, last = (numbers.get(name) for name in _REST)
    if (first is None) != (last is None) or (radius is None and first is None):
        raise UserError(
            "the point has no extent",
            where=where,
            expected="radius_mm, or first_slice and last_slice",
            then="radius_mm of the data set applies to all points without one",
        )
    if first is not None and last is not None and (first % 1 or last % 1):
        raise UserError("slices are whole numbers", where=where, got=f"{first:g} to {last:g}")
    return Location(
        first=point,
        unit=unit,
        radius_mm=radius or 0.0,
        slices=None if first is None or last is None else (int(first), int(last)),
    )


def _suffix(numbers: Mapping[str, float], where: str) -> tuple[str, Unit | None]:
    """Return the ending of the coordinates, and the unit that it states."""
    coordinates = [name for name in numbers if name not in _REST]
    suffixes = {next(s for s in _SUFFIXES if name.endswith(s)) for name in coordinates}
    if len(suffixes) > 1:
        raise UserError("coordinates are in mm and in voxels", where=where, expected="one of them")
    suffix = next(iter(suffixes), "_mm")
    return suffix, _SUFFIXES[suffix]


def _unit(unit: Unit | None, system: str, suffix: str, where: str) -> Unit:
    """Return the unit of the coordinates by their ending and their system."""
    if unit is None and not system:
        raise UserError(
            "the coordinates have no unit",
            where=where,
            expected=f"a column {SYSTEM} with LPS, RAS or voxel, or the columns x_mm or x_voxel",
        )
    declared = _SYSTEMS.get(system, unit)
    if declared is None or unit not in (None, declared):
        raise UserError(
            f"the {SYSTEM} does not suit coordinates that end in {suffix}",
            where=where,
            expected="LPS or RAS for mm, voxel for voxels",
            got=repr(system),
        )
    return declared


def _point(
    numbers: Mapping[str, float], end: str, suffix: str, sign: float, where: str
) -> Point | None:
    """Return a point; `sign` is -1 if x and y point to the opposite side of LPS."""
    names = [f"{axis}{end}{suffix}" for axis in _AXES]
    present = [name for name in names if name in numbers]
    if not present:
        return None
    if len(present) < len(names):
        missing = next(name for name in names if name not in numbers)
        raise UserError(f"the location has no {missing}", where=where, got=", ".join(present))
    x, y, z = (numbers[name] for name in names)
    return sign * x, sign * y, z


def _number(text: str, name: str, where: str) -> float:
    number = parse_number(text)
    if number is None or abs(number) > FARTHEST_MM:
        what = "a number" if number is None else "a position in a patient"
        then = "write a decimal point" if "," in text else ""
        raise UserError(f"{name} is not {what}", where=where, got=repr(text[:40]), then=then)
    return number
