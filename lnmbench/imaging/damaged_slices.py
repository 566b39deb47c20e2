"""Evidence that slices of a volume were lost, doubled or rescaled otherwise than their neighbors.

Converters and interrupted transfers leave such slices in volumes whose geometry is sound. A slice
is compared with the two next to it, so that crops, padding and the ends of a scan are no faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.records import Preprocessing, Volume

_LOST_SHARE = 0.25
_FEWEST_VALUES = 32
# A volume that was resampled to more slices repeats many; a faulty one few.
_MOST_REPEATS = 0.02
_OFFSET_HU, _AGREEMENT_HU = 300, 100
_SAMPLES = 64


def require_sound_slices(volume: Volume, preprocessing: Preprocessing) -> Volume:
    """Return a volume without damaged slices.

    Parameters
    ----------
    volume
        Volume in HU.
    preprocessing
        Whether implausible values are allowed: then the fault becomes a warning.

    Raises
    ------
    UserError
        If slices between others hold one value, wholly or in a part, repeat the slice next to
        them, or are shifted in HU against both neighbors.
    """
    direction = np.reshape(volume.image.GetDirection(), (3, 3))
    along = 2 - int(np.abs(direction[2]).argmax())  # axes of an array are z, y, x
    voxels: NDArray[Any] = np.moveaxis(sitk.GetArrayViewFromImage(volume.image), along, 0)
    fault = find_slice_fault(voxels)
    if fault is None:
        return volume
    if preprocessing.allow_implausible:
        return replace(volume, warnings=(*volume.warnings, f"damaged slices allowed ({fault})"))
    raise UserError(
        "the image has damaged slices",
        expected="slices that continue their neighbors",
        got=fault,
        then="download or export the CT again",
    )


def find_slice_fault(voxels: NDArray[Any]) -> str | None:
    """Return the first evidence of damaged slices in words, or None.

    Parameters
    ----------
    voxels
        HU, (slices, rows, columns).
    """
    return next(filter(None, (rule(voxels) for rule in _RULES)), None) if len(voxels) > 2 else None


def _find_lost(planes: NDArray[Any]) -> str | None:
    """Find slices of one value between others, and slices that begin or end with one value."""
    rows = planes.shape[1]
    runs = np.array([_measure_constant_rows(plane) for plane in planes])
    filled = np.flatnonzero(runs[:, 0] < rows)
    if not filled.size:
        return None
    inner = runs[filled[0] : filled[-1] + 1, 0]
    empty = filled[0] + np.flatnonzero(inner == rows)
    if empty.size:
        return f"{_list_slices(empty, planes)} with one value, between others that have many"
    excess = runs[1:-1] - np.maximum(runs[:-2], runs[2:])
    cut = 1 + np.flatnonzero(excess.max(axis=1) > _LOST_SHARE * rows)
    return f"{_list_slices(cut, planes)} with one value in a part of the rows" if cut.size else None


def _measure_constant_rows(plane: NDArray[Any]) -> tuple[int, int]:
    """Return the number of rows at the beginning and at the end that hold one value."""
    first = plane[:, 0]
    constant = (plane == first[:, None]).all(axis=1)
    lengths = []
    for order in (slice(None), slice(None, None, -1)):
        other = ~(constant[order] & (first[order] == first[order][0]))
        lengths.append(int(other.argmax()) if other.any() else len(other))
    return lengths[0], lengths[1]


def _find_repeated(planes: NDArray[Any]) -> str | None:
    coarse = planes[:, ::7, ::7]
    equal = np.array(
        [
            np.array_equal(coarse[i], coarse[i + 1]) and np.array_equal(planes[i], planes[i + 1])
            for i in range(len(planes) - 1)
        ]
    )
    if not equal.any() or equal.all():
        return None
    first, end = int(equal.argmin()), len(equal) - int(equal[::-1].argmin())
    inner = first + np.flatnonzero(equal[first:end])  # copies at the ends are padding
    if not 0 < inner.size <= max(1, _MOST_REPEATS * len(equal)):
        return None
    if np.unique(planes[inner[0]]).size < _FEWEST_VALUES:
        return None
    return f"{_list_slices(inner + 1, planes)} with the same voxels as the slice before"


def _find_shifted(planes: NDArray[Any]) -> str | None:
    steps = [max(1, side // _SAMPLES) for side in planes.shape[1:]]
    sample = planes[:, :: steps[0], :: steps[1]].astype(np.float32)
    to_next = _compare(sample[1:], sample[:-1])
    across = _compare(sample[2:], sample[:-2])
    offset = np.minimum(to_next[:-1], to_next[1:])
    shifted = 1 + np.flatnonzero((offset > _OFFSET_HU) & (across < _AGREEMENT_HU))
    if not shifted.size:
        return None
    return f"{_list_slices(shifted, planes)} about {offset.max():.0f} HU away from both neighbors"


def _compare(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    difference: NDArray[np.float32] = np.median(np.abs(a - b), axis=(1, 2))
    return difference


def _list_slices(indices: NDArray[np.intp], planes: NDArray[Any]) -> str:
    first = f"slice {indices[0] + 1} of {len(planes)}"
    return first if len(indices) == 1 else f"{plural(len(indices), 'slice')}, e.g. {first},"


_RULES: tuple[Callable[[NDArray[Any]], str | None], ...] = (
    _find_lost,
    _find_repeated,
    _find_shifted,
)
