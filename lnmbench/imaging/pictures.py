"""Pictures of CT slices: HU as gray values, and the outline of the tumor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lnmbench.imaging.geometry import window

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTOUR = (255, 196, 0)


def largest_slice(masks: NDArray[np.uint8] | NDArray[np.bool_]) -> int:
    """Return the number of the slice with the largest tumor area, the first of equal ones.

    Parameters
    ----------
    masks
        The tumor masks of a case, (slices, rows, columns).

    Returns
    -------
    int
        The number of the slice; the middle one if there is no tumor.

    Examples
    --------
    >>> masks = np.zeros((3, 4, 4), dtype=np.uint8)
    >>> largest_slice(masks)
    1
    >>> masks[2, 1, 1] = 1
    >>> largest_slice(masks)
    2
    """
    areas = np.count_nonzero(masks, axis=(1, 2))
    return int(areas.argmax()) if areas.any() else len(masks) // 2


def gray_pixels(
    slice_hu: NDArray[np.int16] | NDArray[np.float32], window_hu: tuple[float, float]
) -> NDArray[np.uint8]:
    """Return a slice as gray values: black at the lower limit of the window, white at the upper.

    Parameters
    ----------
    slice_hu
        HU of a slice, (rows, columns).
    window_hu
        HU that become black and white.

    Returns
    -------
    ndarray
        RGB values, (rows, columns, 3).
    """
    gray = np.rint((window(slice_hu, window_hu) + 1) * 127.5).astype(np.uint8)
    return np.repeat(gray[:, :, None], 3, axis=2)  # (rows, columns, 3)


def draw_outline(
    pixels: NDArray[np.uint8],
    mask: NDArray[np.uint8] | NDArray[np.bool_],
    color: tuple[int, int, int] = CONTOUR,
) -> NDArray[np.uint8]:
    """Return a picture with the outline of a mask, just outside it so that no tumor is hidden.

    Parameters
    ----------
    pixels
        RGB values, (rows, columns, 3); they are not changed.
    mask
        The mask in the size of the picture, (rows, columns): 0 outside.
    color
        The RGB values of the outline.

    Returns
    -------
    ndarray
        RGB values, (rows, columns, 3).
    """
    inside = np.asarray(mask) != 0
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    near[:, 1:] |= inside[:, :-1]
    near[:, :-1] |= inside[:, 1:]
    outlined = pixels.copy()
    outlined[near & ~inside] = color
    return outlined


def draw_thumbnail(
    slice_hu: NDArray[np.int16],
    mask: NDArray[np.uint8] | None,
    *,
    window_hu: tuple[float, float],
    side: int,
) -> NDArray[np.uint8]:
    """Return a slice as a square picture with the outline of the tumor.

    Parameters
    ----------
    slice_hu
        HU of a slice, (rows, columns).
    mask
        The tumor's mask of the slice, 0 or 1, (rows, columns); None for no outline.
    window_hu
        HU that become black and white.
    side
        Rows and columns of the picture, which the slice is resized to.

    Returns
    -------
    ndarray
        RGB values, (side, side, 3).
    """
    from PIL import Image

    picture = Image.fromarray(gray_pixels(slice_hu, window_hu))
    pixels = np.array(picture.resize((side, side), Image.Resampling.BILINEAR))
    if mask is None:
        return pixels
    scaled = Image.fromarray((np.asarray(mask) != 0) * np.uint8(255))
    inside = np.asarray(scaled.resize((side, side), Image.Resampling.BILINEAR)) >= 128
    return draw_outline(pixels, inside)
