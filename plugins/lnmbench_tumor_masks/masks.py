"""Measures of tumor masks, and the refusal of regions that are no segmentation."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lnmbench import Cohort, UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_REGULAR = 0.95
"""The share of cases whose masks may be boxes or balls."""
_BALL_DICE = 0.95
_CACHE: dict[str, tuple[MaskMeasures, ...]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskMeasures:
    """Measures of the tumor mask of one case, NaN if it is empty or of one slice.

    `volume_mm3`; `elongation` and `flatness` are ratios of neighboring principal axes, 1 or more;
    `roundness` is the surface of a ball of this volume over the surface. `is_regular` tells a box,
    cylinder or ball, which marks where a tumor is.
    """

    volume_mm3: float
    elongation: float
    flatness: float
    roundness: float
    is_regular: bool


def measure_masks(cohort: Cohort, task: str) -> tuple[MaskMeasures, ...]:
    """Return the measures of each case's tumor mask.

    Parameters
    ----------
    cohort
        The cohort.
    task
        The name of the task that needs them.

    Raises
    ------
    UserError
        If the cohort has no masks, or if nearly all of them are boxes or balls.
    """
    where = f"cohort {cohort.name}"
    if cohort.read_masks is None:
        raise UserError(
            f"aux task {task} needs tumor masks",
            where=where,
            expected="images with a segmentation of each tumor",
            got="a cohort of whole scans" if cohort.has_images else "a cohort without images",
        )
    spacing, read = cohort.preprocessing.spacing_mm, cohort.read_masks
    if cohort.fingerprint not in _CACHE:
        _CACHE.clear()
        _CACHE[cohort.fingerprint] = tuple(
            measure_mask(read(case), spacing) for case in range(len(cohort))
        )
    measures = _CACHE[cohort.fingerprint]
    regular = sum(measure.is_regular for measure in measures)
    if regular >= MOST_REGULAR * len(measures):
        raise UserError(
            f"aux task {task} needs segmentations of the tumors",
            where=where,
            expected="masks that follow the border of the tumor",
            got=f"boxes, balls or points in {regular} of {len(measures)} cases",
            then="ingest segmentations, or leave the task out",
        )
    return measures


def measure_mask(mask: NDArray[np.uint8], spacing_mm: tuple[float, float, float]) -> MaskMeasures:
    """Return the measures of a mask.

    Parameters
    ----------
    mask
        0 and 1, (slices, rows, columns).
    spacing_mm
        The spacing along columns, rows and slices.
    """
    import numpy as np

    if not mask.any():
        nan = math.nan
        return MaskMeasures(
            volume_mm3=nan, elongation=nan, flatness=nan, roundness=nan, is_regular=True
        )
    import SimpleITK as sitk

    bounds = [(index.min(), index.max() + 1) for index in np.nonzero(mask)]
    cropped = mask[tuple(slice(low, high) for low, high in bounds)]
    image = sitk.GetImageFromArray(np.pad(cropped, 1))
    image.SetSpacing(spacing_mm)
    statistics = sitk.LabelShapeStatisticsImageFilter()
    statistics.Execute(image)
    flat = len(cropped) < 2
    return MaskMeasures(
        volume_mm3=statistics.GetPhysicalSize(1),
        elongation=math.nan if flat else statistics.GetElongation(1),
        flatness=math.nan if flat else statistics.GetFlatness(1),
        roundness=math.nan if flat else statistics.GetRoundness(1),
        is_regular=bool(cropped.all()) or _is_ball(cropped, spacing_mm),
    )


def _is_ball(mask: NDArray[np.uint8], spacing_mm: tuple[float, float, float]) -> bool:
    """Return whether a mask has nearly the voxels of a ball or cylinder of its volume."""
    import numpy as np

    voxels = np.argwhere(mask).astype(np.float64) * spacing_mm[::-1]  # (voxels, 3)
    grid = np.stack(np.meshgrid(*map(np.arange, mask.shape), indexing="ij"), axis=-1)
    offsets = grid * spacing_mm[::-1] - voxels.mean(0)
    for axes in ((0, 1, 2), (1, 2)):
        distance = np.sqrt((offsets[..., axes] ** 2).sum(-1))
        nearest = np.argsort(distance, axis=None, kind="stable")[: len(voxels)]
        overlap = mask.reshape(-1)[nearest].mean()
        if overlap >= _BALL_DICE:
            return True
    return False
