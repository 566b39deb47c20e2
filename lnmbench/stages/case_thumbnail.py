"""Thumbnail of a case: its slice with the largest tumor area, and the outline of the tumor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.imaging.pictures import draw_thumbnail, largest_slice
from lnmbench.records import WINDOW_HU, Cohort
from lnmbench.store.cohort_file import read_masks, read_slices

SIDE = 168
"""Rows and columns of a thumbnail."""


def read_thumbnail(cohort: Cohort, cohort_file: Path, case: int) -> NDArray[np.uint8] | None:
    """Return the thumbnail of a case in the window of networks; None without images.

    Of a whole scan, it is the middle slice.

    Parameters
    ----------
    cohort
        The cohort.
    cohort_file
        The file with its slices and masks.
    case
        The position of the case in the cohort.

    Returns
    -------
    ndarray or None
        RGB values, (SIDE, SIDE, 3).

    Raises
    ------
    UserError
        If the images of the case are damaged.
    """
    start, stop = int(cohort.offsets[case]), int(cohort.offsets[case + 1])
    if start == stop:
        return None
    masks = read_masks(cohort_file, start, stop)
    largest = largest_slice(masks)
    slice_hu = read_slices(cohort_file, start + largest, start + largest + 1)[0]
    return draw_thumbnail(slice_hu, masks[largest], window_hu=WINDOW_HU, side=SIDE)
