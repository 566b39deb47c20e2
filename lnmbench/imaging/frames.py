"""Reads what the header of a CT file says of each of its images, before any pixel is read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from lnmbench.errors import UserError

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One CT image: where it lies in the patient, and how its stored values become HU.

    `index` counts the images of a multi-frame file; it is 0 in an ordinary one. `position` is the
    centre of the first pixel in LPS mm; `along_row` and `along_column` are the directions in which
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


def frames_of(path: Path) -> tuple[Frame, ...]:
    """Return the images of a DICOM file in their order in it.

    Enhanced (multi-frame) CT says of each frame, or once for all, what ordinary CT says in the
    header itself. Raises `UserError` where the file cannot be read, is not a CT image, is a
    localizer, or does not say where its images lie or how to get HU of them.
    """
    try:
        header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        count = int(header.get("NumberOfFrames") or 1)
        described = len(header.get("PerFrameFunctionalGroupsSequence") or [0])
        _require_ct(path, header)
    except UserError:
        raise
    except Exception as error:  # a broken file may make pydicom raise anything
        raise UserError(f"cannot read {path}", got=f"a broken DICOM header: {error}") from error
    if count != described:
        raise UserError(
            f"{path} has {count} frames and describes {described}",
            expected="an enhanced CT that says of each frame where it lies",
            then="export the series as single slices",
        )
    return tuple(_frame(path, header, index) for index in range(count))


def _require_ct(path: Path, header: Dataset) -> None:
    modality = str(header.get("Modality", "") or "")
    if modality != "CT":
        got = repr(modality) if modality else "a file without modality, damaged or no DICOM"
        raise UserError(f"{path} is not a CT image", expected="modality CT", got=got)
    image_type = [str(value).upper() for value in header.get("ImageType") or ()]
    if "LOCALIZER" in image_type:
        raise UserError(
            f"{path} is a localizer, not a slice", then="give the series that holds the slices"
        )
    if int(header.get("SamplesPerPixel", 1) or 1) != 1:
        raise UserError(f"{path} is a colour image, not a CT slice", expected="one number a pixel")
    rescale_type = str(header.get("RescaleType", "") or "HU").upper()
    if rescale_type not in ("HU", "US"):
        raise UserError(f"{path} does not hold HU", got=f"values of the type {rescale_type!r}")


def _frame(path: Path, header: Dataset, index: int) -> Frame:
    def numbers(group: str, keyword: str, count: int) -> tuple[float, ...]:
        return _numbers(path, header, index, (group, keyword), count)

    cosines = numbers("PlaneOrientationSequence", "ImageOrientationPatient", 6)
    between_rows, between_columns = numbers("PixelMeasuresSequence", "PixelSpacing", 2)
    (slope,) = numbers("PixelValueTransformationSequence", "RescaleSlope", 1)
    (intercept,) = numbers("PixelValueTransformationSequence", "RescaleIntercept", 1)
    x, y, z = numbers("PlanePositionSequence", "ImagePositionPatient", 3)
    columns, rows = (int(*numbers("", name, 1)) for name in ("Columns", "Rows"))
    if slope == 0 or between_rows <= 0 or between_columns <= 0:
        what = "RescaleSlope" if slope == 0 else "PixelSpacing"
        raise UserError(f"{path} has no usable {what}", expected="more than 0")
    return Frame(
        path=path,
        index=index,
        uid=str(header.get("SOPInstanceUID", "")),
        position=(x, y, z),
        along_row=cosines[:3],  # type: ignore[arg-type]  # six numbers were asked for
        along_column=cosines[3:],  # type: ignore[arg-type]  # six numbers were asked for
        pixel_mm=(between_columns, between_rows),
        size=(columns, rows),
        slope=slope,
        intercept=intercept,
    )


def _numbers(
    path: Path, header: Dataset, index: int, names: tuple[str, str], count: int
) -> tuple[float, ...]:
    group, keyword = names
    try:
        value = next(
            filter(lambda found: found not in (None, ""), _values(header, index, group, keyword))
        )
        several = [value] if isinstance(value, str | int | float) else list(value)
        found = tuple(float(number) for number in several)
    except Exception:  # absent, empty, or text where numbers belong: pydicom raises anything
        found = ()
    if len(found) != count or not all(map(math.isfinite, found)):
        raise UserError(
            f"{path} has no usable {keyword}",
            where=f"frame {index + 1}" if index else "",
            expected=f"{count} number{'s' if count > 1 else ''}",
            then=_NEXT.get(keyword, "leave the series out"),
        )
    return found


_NEXT = {
    "RescaleSlope": "without it stored values cannot be turned into HU: leave the series out",
    "RescaleIntercept": "without it stored values cannot be turned into HU: leave the series out",
}


def _values(header: Dataset, index: int, group: str, keyword: str) -> Iterator[Any]:
    """Yield the keyword's value for the frame, for all frames, and in the header itself."""
    each = header.get("PerFrameFunctionalGroupsSequence") or ()
    shared = header.get("SharedFunctionalGroupsSequence") or ()
    for item in (*each[index : index + 1], *shared):
        for inner in item.get(group) or ():
            yield inner.get(keyword)
    yield header.get(keyword)
