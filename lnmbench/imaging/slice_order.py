"""Order of CT images along their normal, and checks that they form a volume."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.errors import UserError
from lnmbench.imaging.frames import Frame
from lnmbench.imaging.grid_limits import require_plausible_grid
from lnmbench.text import format_sides, plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.imaging.frames import Vector

_COSINE_TOLERANCE = 1e-3
_PIXEL_TOLERANCE = 1e-3
_SAME_POSITION_MM = 0.01
_STEP_TOLERANCE = 0.1
_SHIFT_TOLERANCE_PIXELS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """Images in order along their normal, evenly spaced, with the geometry of a SimpleITK image.

    `direction` is the 3 × 3 matrix row by row; its columns are the directions of x, y, z.
    """

    frames: tuple[Frame, ...]
    origin: Vector
    spacing_mm: Vector
    direction: tuple[float, ...]


def stack(frames: Sequence[Frame], *, where: str) -> Stack:
    """Return the images in the order of their positions along the normal of their plane.

    Raises `UserError` for fewer than two images; for images that differ in orientation (by more
    than 0.001 in a cosine), size or pixel spacing (0.1 %); for two at one position (0.01 mm); for
    missing slices (a step of more than 1.5 times the median); for uneven steps (a slice further
    than a tenth of the spacing from its position); for slices that are shifted against each other
    by a tilted gantry (by more than half a pixel); and for a spacing that no CT has (see
    `require_plausible_grid`).
    """
    if len(frames) < 2:
        raise UserError(
            "a series of one image is not a CT volume", where=where, expected="at least two slices"
        )
    normal = _normal(frames[0], where)
    _require_uniform(frames, where)
    along = np.array([np.dot(frame.position, normal) for frame in frames])
    order = np.argsort(along, kind="stable")
    ordered, along = [frames[i] for i in order], along[order]
    spacing = _spacing(ordered, along, where)
    _require_straight(ordered, along, normal, where)
    first = ordered[0]
    columns = np.column_stack([first.along_row, first.along_column, normal])
    ordered_stack = Stack(
        frames=tuple(ordered),
        origin=first.position,
        spacing_mm=(*first.pixel_mm, spacing),
        direction=tuple(columns.ravel().tolist()),
    )
    require_plausible_grid(
        "the series",
        spacing_mm=ordered_stack.spacing_mm,
        origin_mm=ordered_stack.origin,
        direction=ordered_stack.direction,
        where=where,
    )
    return ordered_stack


def _normal(frame: Frame, where: str) -> NDArray[np.float64]:
    row, column = np.array(frame.along_row), np.array(frame.along_column)
    lengths = np.linalg.norm([row, column], axis=1)
    if np.any(np.abs(lengths - 1) > _COSINE_TOLERANCE) or abs(row @ column) > _COSINE_TOLERANCE:
        raise UserError(
            "the orientation of the images is broken",
            where=where,
            expected="two directions of length 1 at right angles",
            got=", ".join(f"{value:g}" for value in (*row, *column)),
        )
    return np.cross(row, column)


def _require_uniform(frames: Sequence[Frame], where: str) -> None:
    first = frames[0]
    properties: Mapping[str, tuple[Callable[[Frame], tuple[float, ...]], float]] = {
        "orientation": (lambda f: (*f.along_row, *f.along_column), _COSINE_TOLERANCE),
        "size": (lambda f: f.size, 0.0),
        "pixel spacing": (lambda f: f.pixel_mm, _PIXEL_TOLERANCE * min(first.pixel_mm)),
    }
    for name, (read, tolerance) in properties.items():
        values = np.array([read(frame) for frame in frames], dtype=np.float64)
        other = np.flatnonzero(np.any(np.abs(values - values[0]) > tolerance, axis=1))
        if other.size:
            raise UserError(
                f"the series is mixed: {other.size} of its {len(frames)} images differ in {name}",
                where=where,
                got=f"{format_sides(values[0])} in {first.path.name} "
                f"and {format_sides(values[other[0]])} in {frames[other[0]].path.name}",
                then="keep the images of one scan",
            )


def _spacing(frames: Sequence[Frame], along: NDArray[np.float64], where: str) -> float:
    steps = np.diff(along)
    _require_apart(frames, steps, where)
    usual = float(np.median(steps))
    _require_complete(frames, steps, usual, where)
    spacing = float(along[-1] - along[0]) / len(steps)
    off = np.abs(along - (along[0] + spacing * np.arange(len(along))))
    if off.max() > _STEP_TOLERANCE * spacing:
        raise UserError(
            "the slices are unevenly spaced",
            where=where,
            expected="each within a tenth of the spacing from its position",
            got=f"steps of {steps.min():.4g} to {steps.max():.4g} mm",
            then="resample the series, or choose another reconstruction",
        )
    return spacing


def _require_apart(frames: Sequence[Frame], steps: NDArray[np.float64], where: str) -> None:
    same = np.flatnonzero(steps < _SAME_POSITION_MM)
    if not same.size:
        return
    a, b = frames[same[0]], frames[same[0] + 1]
    if a.path == b.path:
        got = f"frames {a.index + 1} and {b.index + 1} of {a.path.name}"
    else:
        twice = ", the same image twice" if a.uid == b.uid else ""
        got = f"{a.path.name} and {b.path.name}{twice}"
    raise UserError(
        f"{plural(same.size, 'slice has', 'slices have')} the position of another one",
        where=where,
        got=got,
        then="keep one of each: the series holds copies, phases or several reconstructions",
    )


def _require_complete(
    frames: Sequence[Frame], steps: NDArray[np.float64], usual: float, where: str
) -> None:
    gaps = np.flatnonzero(steps > 1.5 * usual)
    # Steps of other lengths, or several long ones in a row, are another spacing.
    parts = steps / usual
    uneven = np.abs(parts - np.rint(parts)).max() > 2 * _STEP_TOLERANCE
    if not gaps.size or uneven or (np.diff(gaps) == 1).any():
        return
    missing = sum(round(steps[gap] / usual) - 1 for gap in gaps)
    below, above = frames[gaps[0]].path.name, frames[gaps[0] + 1].path.name
    raise UserError(
        f"{plural(missing, 'slice is', 'slices are')} missing",
        where=where,
        expected=f"steps of {usual:.4g} mm",
        got=f"{steps[gaps[0]]:.4g} mm between {below} and {above}",
        then="download the series again",
    )


def _require_straight(
    frames: Sequence[Frame], along: NDArray[np.float64], normal: NDArray[np.float64], where: str
) -> None:
    away = np.array([frame.position for frame in frames]) - frames[0].position
    shift = np.linalg.norm(away - np.outer(away @ normal, normal), axis=1)
    if shift.max() <= _SHIFT_TOLERANCE_PIXELS * min(frames[0].pixel_mm):
        return
    worst = int(np.argmax(shift))
    angle = math.degrees(math.atan2(shift[worst], along[worst] - along[0]))
    raise UserError(
        "the slices are shifted against each other: the gantry was tilted",
        where=where,
        got=f"a shift of {shift[worst]:.4g} mm, which is a tilt of {angle:.3g}°",
        then="resample the series to straight slices, or choose another one",
    )
