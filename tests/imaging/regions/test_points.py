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
    ("cells", "message"),
    [
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
