"""Images of a case as a network sees them, with the tumor mask on the same grid."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.imaging.geometry import window
from lnmbench.imaging.own_grid import resample_box, to_tensor
from lnmbench.records import Cohort, NetworkMethod
from lnmbench.store.cohort_boxes import read_box
from lnmbench.store.cohort_file import read_masks, read_slices


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CaseImages:
    """The slices of a case on the grid of an encoder.

    Attributes
    ----------
    hu
        HU, int16 (S, H, W).
    mask
        The tumor mask of 0 and 1, uint8 (S, H, W); empty for a whole scan.
    pixel_mm
        The size of a pixel along x and y, mm.
    """

    hu: NDArray[np.int16]
    mask: NDArray[np.uint8]
    pixel_mm: tuple[float, float]


def read_case_images(
    method: NetworkMethod, cohort: Cohort, cohort_file: Path, case: int
) -> CaseImages:
    """Return the images of a case.

    Parameters
    ----------
    method
        The network, without an image control.
    cohort
        The cohort.
    cohort_file
        The file with its slices, masks and native boxes.
    case
        The position of the case in the cohort, which has images.
    """
    if method.grid is not None:
        box = read_box(cohort_file, case)
        if box is None:
            raise ValueError(f"case {case} has no images")
        hu, mask = resample_box(box, method.grid)
        return CaseImages(hu=hu, mask=mask, pixel_mm=method.grid.spacing_mm[:2])
    start, stop = int(cohort.offsets[case]), int(cohort.offsets[case + 1])
    return CaseImages(
        hu=read_slices(cohort_file, start, stop),
        mask=read_masks(cohort_file, start, stop),
        pixel_mm=cohort.preprocessing.spacing_mm[:2],
    )


def scale_slices(method: NetworkMethod, hu: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return HU as the encoder takes them: slices (S, H, W), or the tensor of its own grid."""
    return window(hu, method.window_hu) if method.grid is None else to_tensor(hu, method.grid)
