"""Tables of points and boxes."""

from __future__ import annotations

import pytest
import SimpleITK as sitk

from lnmbench import UserError
from lnmbench.imaging.regions import parse_location


def test_voxels_count_from_nought(image: sitk.Image) -> None:
    cells = {f"{axis}_voxel": number for axis, number in zip("xyz", "342", strict=True)}
    location = parse_location({**cells, "radius_mm": "0"}, where="here")
    assert location is not None
    mask = location.region(image).mask
    assert mask[3, 4, 2] == 1
    box = {f"{axis}{end}_voxel": end for axis in "xyz" for end in "12"}
    boxed = parse_location(box, where="here")
    assert boxed is not None
    assert boxed.region(image).note.endswith("8 voxels")


def test_a_row_without_coordinates_gives_no_location() -> None:
    assert parse_location({"case": "a", "x_mm": " "}, where="here") is None


@pytest.mark.parametrize(
    ("cells", "first", "unit"),
    [
        ("x=1 y=2 z=3 coordinate_system=LPS", (1, 2, 3), "mm"),
        ("x=1 y=2 z=3 coordinate_system=ras", (-1, -2, 3), "mm"),
        ("x=1 y=2 z=3 coordinate_system=Voxel", (1, 2, 3), "voxel"),
        ("x_mm=1 y_mm=2 z_mm=3", (1, 2, 3), "mm"),
        ("x_mm=1 y_mm=2 z_mm=3 coordinate_system=RAS", (-1, -2, 3), "mm"),
        ("x_voxel=1 y_voxel=2 z_voxel=3 coordinate_system=voxel", (1, 2, 3), "voxel"),
    ],
)
def test_the_coordinate_system_is_declared(
    cells: str, first: tuple[float, float, float], unit: str
) -> None:
    pairs = dict(cell.split("=") for cell in f"{cells} radius_mm=5".split())
    location = parse_location(pairs, where="row 2")
    assert location is not None
    assert (location.first, location.unit, location.radius_mm) == (first, unit, 5)


def test_a_box_in_ras_is_mirrored() -> None:
    cells = dict(zip(("x1", "y1", "z1", "x2", "y2", "z2"), "123456", strict=True))
    location = parse_location({**cells, "coordinate_system": "RAS"}, where="row 2")
    assert location is not None
    assert (location.first, location.last) == ((-1, -2, 3), (-4, -5, 6))


def test_a_system_without_coordinates_gives_no_location() -> None:
    assert parse_location({"coordinate_system": "RAS", "x": ""}, where="here") is None


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("x=1 y=2 z=3 radius_mm=3", "have no unit .*a column coordinate_system with LPS, RAS or"),
        ("x=1 y=2 z=3 radius_mm=3 coordinate_system=RAI", "unknown coordinate_system 'RAI'"),
        ("x_voxel=1 y_voxel=2 z_voxel=3 radius_mm=3 coordinate_system=RAS", "does not suit coord"),
        ("x_mm=1 y_mm=2 z_mm=3 radius_mm=3 coordinate_system=voxel", "does not suit coordinates"),
        ("x=1 y_mm=2 z=3 radius_mm=3 coordinate_system=LPS", "in mm and in voxels"),
        ("x_mm=1 y_mm=2 radius_mm=3", "the location has no z_mm"),
        ("x_mm=1 y_mm=2 z_mm=3", "the point has no extent.*radius_mm, or first_slice"),
        ("x_mm=1 y_mm=2 z_mm=3 first_slice=2", "no extent"),
        ("x_mm=1 y_mm=2 z_mm=3 first_slice=2.5 last_slice=3", "whole numbers"),
        ("x_mm=1 y_mm=2 z_mm=3,5 radius_mm=3", "z_mm is not a number.*write a decimal point"),
        ("x_mm=1 y_mm=2 z_mm=nan radius_mm=3", "z_mm is not a number"),
        ("x_mm=1_0 y_mm=2 z_mm=3 radius_mm=3", "x_mm is not a number"),
        ("x_mm=1 y_mm=2,5 z_mm=3 radius_mm=3", "y_mm is not a number"),
        ("x_mm=1 y_mm=2 z_mm=3 radius_mm=inf", "radius_mm is not a number"),
        ("x_mm=1 y_voxel=2 z_mm=3 radius_mm=3", "in mm and in voxels"),
        ("radius_mm=3", "not a point or a box"),
        ("x1_mm=1 y1_mm=1 z1_mm=1", "not a point or a box"),
        ("x_mm=1 y_mm=1 z_mm=1 x1_mm=1 y1_mm=1 z1_mm=1 radius_mm=3", "not a point or a box"),
    ],
)
def test_half_a_location_is_refused(cells: str, message: str) -> None:
    pairs = dict(cell.split("=") for cell in cells.split())
    with pytest.raises(UserError, match=message):
        parse_location(pairs, where="row 2")
