"""Cases of a data set: raw values, images and their native boxes, and findings of CT reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import SimpleITK as sitk
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Header values that tell whose scan an image is: to compare cases in memory, never to store.

    Ingest stores them as hashes under a random key until the cohort file is complete.
    """

    patient_id: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    study: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """A CT volume in HU and the tumor mask on the same grid (0 outside, 1 inside).

    `notes` are sentences on the choice of series, segment and region. They go into the ingest log,
    never into the cohort file. `warnings` are sentences on what a person should check, such as a
    repaired contour. They go into the ingest log, and their kinds (the words before " (", ": " or
    "; ") are counted in one line of the console. `identity` tells whether two cases are of one
    patient. `outlined` is false if nobody drew the mask: it is a box, a ball or a disk of numbers.
    """

    image: sitk.Image
    mask: sitk.Image
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    identity: Identity | None = None
    outlined: bool = True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NativeBox:
    """Voxels of one case around its tumor, as the scanner stored them, in the order z, y, x.

    `hu` is int16, `mask` uint8 of the same shape: 1 in the tumor. Rows run from anterior to
    posterior, columns from the patient's right to left, slices from feet to head. `spacing_mm` is
    along x, y, z. `center` is the center of the tumor's bounding box in voxels along x, y, z, from
    the first voxel of the box. Outside of the box is air, if it ends at the border of the scan.
    """

    hu: NDArray[np.int16]
    mask: NDArray[np.uint8]
    spacing_mm: tuple[float, float, float]
    center: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient's data before ingest.

    `values` maps column names to raw cells (text, numbers, None), which the column encodes.
    `volume` reads or makes the images when called, so that cases can be listed quickly and read
    in parallel; None without images. `scan` reads them without a tumor region, whose mask is empty
    then; None if `volume` needs no region.
    """

    id: str
    values: Mapping[str, object] = field(default_factory=dict)
    volume: Callable[[], Volume] | None = None
    scan: Callable[[], Volume] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One value that a CT report states.

    `value` is a cell for its column; `words` is the exact span of the text that states it. It is
    for review by a person and never reaches the cohort file.
    """

    value: object
    words: str
