"""Headers of CT images: position, size and rescaling of each frame, read before any pixel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import FARTHEST_MM, MOST_PIXELS, SPACING_MM
from lnmbench.imaging.headers import (
    MODALITIES,
    UNKNOWN,
    read_dicom,
    reading,
    require_pixels,
    term,
    transfer_syntax,
)
from lnmbench.imaging.stored_pixels import StoredPixels, describe_pixels
from lnmbench.text import plural

Vector = tuple[float, float, float]

# Smallest and largest value of each number of a CT.
_LIMITS = {
    "ImageOrientationPatient": (-2.0, 2.0),
    "ImagePositionPatient": (-FARTHEST_MM, FARTHEST_MM),
    "PixelSpacing": SPACING_MM,
    "RescaleSlope": (-1e3, 1e3),
    "RescaleIntercept": (-1e6, 1e6),
    "Columns": (1, MOST_PIXELS),
    "Rows": (1, MOST_PIXELS),
}
_LEAST_SLOPE = 1e-6
_NO_HU = "without it stored values cannot be turned into HU: leave the series out"
_NEXT = {"RescaleSlope": _NO_HU, "RescaleIntercept": _NO_HU}
# Terms of RescaleType, PS3.3 C.11.1.1.2.
_RESCALE_TYPES = ("HU", "US", "OD", "HU_MOD", "MGML", "PCT", "Z_EFF", "ED", "EDW")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """CT image: its position in the patient, and the rescaling of its stored values to HU.

    `index` counts the images of a multi-frame file; it is 0 in an ordinary one. `position` is the
    center of the first pixel in LPS mm; `along_row` and `along_column` are the directions in which
    the column and the row index grow. `pixel_mm` and `size` are along x, y.
    """

    path: Path
    index: int
    uid: str
    position: Vector
    along_row: Vector
    along_column: Vector
    pixel_mm: tuple[float, float]
    size: tuple[int, int]
    slope: float
    intercept: float
    pixels: StoredPixels = field(default_factory=StoredPixels)


def read_frames(path: Path) -> tuple[Frame, ...]:
    """Return the images of a DICOM file in their order.

    Enhanced (multi-frame) CT states for each frame, or once for all frames, what ordinary CT states
    in the header itself. Raises `UserError` for a file that cannot be read, is not a CT image, is a
    localizer, is shorter than its pixels, or lacks the position or the rescaling of its images.
    Messages quote no values of the header except terms of the standard.
    """
    with reading(path):
        header = read_dicom(path, stop_before_pixels=True)
        _require_ct(path, header)
        count = int(header.get("NumberOfFrames") or 1)
        _require_descriptions(path, header, count)
        frames = tuple(_frame(path, header, index) for index in range(count))
        _require_length(path, header, frames)
    return frames


def _require_ct(path: Path, header: Dataset) -> None:
    modality = term(header.get("Modality"), MODALITIES)
    if modality != "CT":
        got = f"{modality!r}" if modality else "no modality: a damaged file, or not DICOM"
        got = "an unknown modality" if modality == UNKNOWN else got
        raise UserError(f"{path} is not a CT image", expected="modality CT", got=got)
    image_type = [str(value).upper() for value in header.get("ImageType") or ()]
    if "LOCALIZER" in image_type:
        raise UserError(
            f"{path} is a localizer, not a slice", then="give the series that holds the slices"
        )
    if int(header.get("SamplesPerPixel", 1) or 1) != 1:
        raise UserError(f"{path} is a color image, not a CT slice", expected="one number per pixel")
    rescale_type = term(header.get("RescaleType"), _RESCALE_TYPES)
    if rescale_type not in ("HU", "US", ""):
        raise UserError(f"{path} does not hold HU", got=f"values of the type {rescale_type!r}")


def _require_descriptions(path: Path, header: Dataset, count: int) -> None:
    described = len(header.get("PerFrameFunctionalGroupsSequence") or [0])
    if count != described:
        raise UserError(
            f"{path} has {count} frames and describes {described}",
            expected="an enhanced CT with the position of each frame",
            then="export the series as single slices",
        )


def _require_length(path: Path, header: Dataset, frames: tuple[Frame, ...]) -> None:
    """Refuse a file that is shorter than its pixels, before memory is allocated for them."""
    syntax = transfer_syntax(header)
    if syntax is None or syntax.is_encapsulated or syntax.is_deflated:
        return
    columns, rows = frames[0].size
    pixels = len(frames) * rows * columns * int(header.get("BitsAllocated") or 0) // 8
    length = path.stat().st_size
    if length < pixels:
        require_pixels(path)
        raise UserError(
            f"{path} is truncated",
            expected=f"{pixels} bytes of pixels",
            got=f"a file of {length} bytes",
            then="download the file again",
        )


def _frame(path: Path, header: Dataset, index: int) -> Frame:
    def numbers(group: str, keyword: str, count: int) -> tuple[float, ...]:
        return _numbers(path, header, index, (group, keyword), count)

    cosines = numbers("PlaneOrientationSequence", "ImageOrientationPatient", 6)
    between_rows, between_columns = numbers("PixelMeasuresSequence", "PixelSpacing", 2)
    (slope,) = numbers("PixelValueTransformationSequence", "RescaleSlope", 1)
    (intercept,) = numbers("PixelValueTransformationSequence", "RescaleIntercept", 1)
    x, y, z = numbers("PlanePositionSequence", "ImagePositionPatient", 3)
    columns, rows = (int(*numbers("", name, 1)) for name in ("Columns", "Rows"))
    if abs(slope) < _LEAST_SLOPE:
        raise UserError(f"{path} has no usable RescaleSlope", expected="not 0", then=_NO_HU)
    return Frame(
        path=path,
        index=index,
        uid=str(header.get("SOPInstanceUID", "")),
        position=(x, y, z),
        along_row=cosines[:3],  # type: ignore[arg-type]  # six numbers were requested
        along_column=cosines[3:],  # type: ignore[arg-type]  # six numbers were requested
        pixel_mm=(between_columns, between_rows),
        size=(columns, rows),
        slope=slope,
        intercept=intercept,
        pixels=describe_pixels(header),
    )


def _numbers(
    path: Path, header: Dataset, index: int, names: tuple[str, str], count: int
) -> tuple[float, ...]:
    group, keyword = names
    try:
        value = next(
            filter(lambda value: value not in (None, ""), _values(header, index, group, keyword))
        )
        several = [value] if isinstance(value, str | int | float) else list(value)
        numbers = tuple(float(number) for number in several)
    except Exception:  # absent, empty, or text instead of numbers: pydicom raises anything
        numbers = ()
    low, high = _LIMITS[keyword]
    if len(numbers) != count or not all(low <= number <= high for number in numbers):
        raise UserError(
            f"{path} has no usable {keyword}",
            where=f"frame {index + 1}" if index else "",
            expected=f"{plural(count, 'number')} from {low:g} to {high:g}",
            then=_NEXT.get(keyword, "leave the series out"),
        )
    return numbers


def _values(header: Dataset, index: int, group: str, keyword: str) -> Iterator[Any]:
    """Yield the keyword's value for the frame, for all frames, and of the header itself."""
    each = header.get("PerFrameFunctionalGroupsSequence") or ()
    shared = header.get("SharedFunctionalGroupsSequence") or ()
    for item in (*each[index : index + 1], *shared):
        for inner in item.get(group) or ():
            yield inner.get(keyword)
    yield header.get(keyword)
