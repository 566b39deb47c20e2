"""Resampling of native boxes to the grid that an encoder declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.imaging.geometry import round_hu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.records import EncoderGrid, NativeBox


def resample_box(box: NativeBox, grid: EncoderGrid) -> tuple[NDArray[np.int16], NDArray[np.uint8]]:
    """Return HU and tumor mask (z, y, x) of a grid whose middle is the center of the tumor.

    HU are interpolated linearly, the mask is that of the nearest voxel. With an even number of
    voxels along an axis, the center is between the two in the middle.

    Parameters
    ----------
    box
        The CT around the tumor at its own resolution.
    grid
        Spacing and size of the grid.
    """
    center = np.multiply(box.center, box.spacing_mm)
    origin = center - (np.array(grid.size) - 1) / 2 * np.array(grid.spacing_mm)
    parts = (
        (box.hu, sitk.sitkLinear, float(grid.outside_hu)),
        (box.mask, sitk.sitkNearestNeighbor, 0.0),
    )
    arrays = []
    for voxels, interpolator, outside in parts:
        image = sitk.GetImageFromArray(voxels)
        image.SetSpacing(box.spacing_mm)
        resampled = sitk.Resample(
            image,
            grid.size,
            sitk.Transform(),
            interpolator,
            origin.tolist(),
            grid.spacing_mm,
            image.GetDirection(),
            outside,
            sitk.sitkFloat32,
        )
        arrays.append(sitk.GetArrayFromImage(resampled))
    return round_hu(arrays[0]), arrays[1].astype(np.uint8)


def to_tensor(hu: NDArray[np.int16], grid: EncoderGrid) -> NDArray[np.float32]:
    """Return HU of a grid as its encoder takes them: axes, directions and intensities.

    Parameters
    ----------
    hu
        HU in the order z, y, x, from feet to head, front to back, right to left.
    grid
        The orientation, the window and the intensities.

    Returns
    -------
    ndarray
        float32 of the shape `grid.shape`.

    Examples
    --------
    >>> from lnmbench.records import EncoderGrid
    >>> grid = EncoderGrid(
    ...     spacing_mm=(1, 1, 1), size=(2, 1, 1), window_hu=(0, 10), intensity=(0, 1),
    ...     orientation="RAS",
    ... )
    >>> to_tensor(np.array([[[0, 5]]], dtype=np.int16), grid).tolist()
    [[[0.5]], [[0.0]]]
    """
    turned = np.flip(hu.transpose(grid.axes), grid.flips)
    (low, high), (first, last) = grid.window_hu, grid.intensity
    scaled = turned.astype(np.float32)
    if grid.clip:
        scaled = np.clip(scaled, np.float32(low), np.float32(high))
    scaled -= np.float32(low)
    scaled *= np.float32((last - first) / (high - low))
    scaled += np.float32(first)
    return np.ascontiguousarray(scaled)
