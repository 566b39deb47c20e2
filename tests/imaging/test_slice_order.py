"""Slices become a volume, or are refused with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.imaging.frames import Frame
from lnmbench.imaging.slice_order import stack


def _frames(positions: Sequence[tuple[float, float, float]]) -> list[Frame]:
    return [
        Frame(
            path=Path(f"{number}.dcm"),
            index=0,
            uid=str(number),
            position=position,
            along_row=(1.0, 0.0, 0.0),
            along_column=(0.0, 1.0, 0.0),
            pixel_mm=(0.7, 0.7),
            size=(512, 512),
            slope=1.0,
            intercept=-1024.0,
        )
        for number, position in enumerate(positions)
    ]


def _places(*z: float) -> list[Frame]:
    return _frames([(-200.0, -150.0, place) for place in z])


def test_slices_are_sorted_along_the_normal() -> None:
    result = stack(_places(10, 0, 15, 5), where="here")
    assert [frame.path.name for frame in result.frames] == ["1.dcm", "3.dcm", "0.dcm", "2.dcm"]
    assert result.spacing_mm == (0.7, 0.7, 5.0)
    assert result.origin == (-200.0, -150.0, 0.0)


def test_positions_rounded_by_the_scanner_are_even() -> None:
    # 0.625 mm, written with one decimal and with two
    assert stack(_places(*np.round(np.arange(200) * 0.625, 2)), where="").spacing_mm[
        2
    ] == pytest.approx(0.625, rel=1e-3)
    assert stack(_places(*np.round(np.arange(200) * 1.25, 1)), where="").spacing_mm[
        2
    ] == pytest.approx(1.25, rel=1e-3)


@pytest.mark.parametrize(
    ("places", "says"),
    [
        ((0, 5, 15, 20, 25), "1 slice is missing .*5 mm, got 10 mm between 1.dcm and 2.dcm"),
        ((0, 5, 20, 25, 40, 45, 50), "4 slices are missing"),
        ((0, 5, 10, 12.5, 15, 17.5, 20), "unevenly spaced .*steps of 2.5 to 5 mm"),
        ((0, 5, 10.8, 15, 20), "unevenly spaced"),
        ((0, 5, 10, 5.005, 15), "1 slice has the position of another one .*1.dcm and 3.dcm"),
        ((0,), "one image"),
    ],
)
def test_what_is_no_even_stack_is_said(places: tuple[float, ...], says: str) -> None:
    with pytest.raises(UserError, match=says):
        stack(_places(*places), where="here")


def test_a_tilted_gantry_is_refused_with_its_angle() -> None:
    shift = np.tan(np.radians(15))
    frames = _frames([(0.0, shift * z, z) for z in np.arange(0.0, 30, 3)])
    with pytest.raises(UserError, match="a tilt of 15°"):
        stack(frames, where="here")
    straight = _frames([(0.0, 0.01 * z, z) for z in np.arange(0.0, 30, 3)])
    assert len(stack(straight, where="here").frames) == 10


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"along_row": (0.0, 0.0, 1.0)}, "1 of its 4 images differ in orientation"),
        ({"size": (256, 256)}, "differ in size"),
        ({"pixel_mm": (0.7, 0.71)}, "differ in pixel spacing"),
    ],
)
def test_images_of_another_kind_are_refused(
    change: dict[str, tuple[float, ...]], says: str
) -> None:
    frames = _places(0, 5, 10, 15)
    frames[2] = replace(frames[2], **change)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=says):
        stack(frames, where="here")
