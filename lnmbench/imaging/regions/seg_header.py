"""Header fields that highdicom requires and real segmentations often lack."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from pydicom.dataset import Dataset

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CODES = ("SegmentedPropertyCategoryCodeSequence", "SegmentedPropertyTypeCodeSequence")


def fill_missing(dataset: Any) -> None:
    """Fill in missing descriptions that do not affect the position of a segment."""
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "0", "99NONE", ""
    for segment in dataset.SegmentSequence:
        for name in _CODES:
            if not segment.get(name):
                setattr(segment, name, [code])
        for name, value in (("SegmentLabel", ""), ("SegmentAlgorithmType", "MANUAL")):
            if not segment.get(name):
                setattr(segment, name, value)
    for measures in _measures(dataset):
        if "SliceThickness" not in measures:
            measures.SliceThickness = None


def read_spacing_mm(dataset: Any) -> float | None:
    """Return the distance of the frames in mm that the header states, or None."""
    stated = {measures.get("SpacingBetweenSlices") for measures in _measures(dataset)}
    only = stated.pop() if len(stated) == 1 else None
    spacing_mm = math.nan if only is None else abs(float(only))
    return spacing_mm if math.isfinite(spacing_mm) else None


def write_spacing_mm(dataset: Any, spacing_mm: float | None) -> None:
    """Write the distance of the frames into the header, or remove it."""
    for measures in _measures(dataset):
        if spacing_mm is not None:
            measures.SpacingBetweenSlices = f"{spacing_mm:.10g}"
        elif "SpacingBetweenSlices" in measures:
            del measures.SpacingBetweenSlices


def positions(dataset: Any) -> NDArray[np.float64]:
    """Return the position of the first pixel of each frame, (n, 3) in LPS mm."""
    groups = [
        *(dataset.get("PerFrameFunctionalGroupsSequence") or []),
        *(dataset.get("SharedFunctionalGroupsSequence") or []),
    ]
    planes = [plane for group in groups for plane in group.get("PlanePositionSequence") or []]
    corners = [[float(number) for number in plane.ImagePositionPatient] for plane in planes]
    return np.array(corners, dtype=np.float64).reshape(-1, 3)  # (n, 3)


def _measures(dataset: Any) -> Iterator[Any]:
    for name in ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"):
        for group in dataset.get(name) or []:
            yield from group.get("PixelMeasuresSequence") or []
