"""DICOM series: the facts of their headers, and which images belong to one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """DICOM series: its files and the facts of their headers.

    `size` counts images (frames, where files have several). `references` are the UIDs of the
    series that a SEG or RTSTRUCT was drawn on, `frame` is the UID of its frame of reference.
    `image_type` and `orientation` (six cosines) are those of the first file that has them, or
    empty. The modality `damaged` collects files that are DICOM by their name or prefix but cannot
    be read, and whose series is unknown; `unknown` is a modality that the standard does not have.
    `joined_uids` are the UIDs of all its images if each had a series of its own.
    """

    patient: str
    study: str
    uid: str
    modality: str
    number: int | None
    description: str
    files: tuple[Path, ...]
    size: int
    references: tuple[str, ...] = ()
    frame: str = ""
    image_type: tuple[str, ...] = ()
    orientation: tuple[float, ...] = ()
    joined_uids: tuple[str, ...] = ()


def series_location(series: Series) -> str:
    """Return the folder of a series for a message, or its first file if it has several folders."""
    folders = {file.parent for file in series.files}
    number = "" if series.number is None else f"series {series.number}, "
    return f"{number}{folders.pop() if len(folders) == 1 else series.files[0]}"


def make_damaged(path: Path) -> Series:
    """Return the series of a file that cannot be read."""
    return Series(
        patient="",
        study="",
        uid="",
        modality=DAMAGED,
        number=None,
        description="",
        files=(path,),
        size=1,
    )


def split_planes(parts: Sequence[Series]) -> list[list[Series]]:
    """Separate localizers and images of another plane from the slices of a CT series.

    An image that does not state its plane stays with the largest part, whose reader refuses it.
    """
    planes: dict[tuple[bool, int] | None, list[Series]] = defaultdict(list)
    for part in parts:
        localizer = "LOCALIZER" in part.image_type
        known = part.modality == "CT" and (part.orientation or localizer)
        planes[(localizer, _plane(part.orientation)) if known else None].append(part)
    unknown = planes.pop(None, [])
    if not planes:
        return [unknown]
    largest = max(planes.values(), key=len)
    largest += unknown
    return list(planes.values())


def _plane(orientation: Sequence[float]) -> int:
    """Return the axis of the patient that is nearest to the normal; -1 if it is unknown."""
    if len(orientation) != 6 or not all(map(math.isfinite, orientation)):
        return -1
    a, b, c, d, e, f = orientation
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return max(range(3), key=lambda axis: abs(normal[axis]))


def join_single_images(series: Sequence[Series]) -> list[Series]:
    """Join CT images that differ in the UID of their series alone, as some anonymizers write them.

    They have one study, frame of reference, number, description, type and orientation. Reading the
    joined series refuses images that do not form one even stack.
    """
    groups: dict[tuple[object, ...], list[Series]] = defaultdict(list)
    for index, single in enumerate(series):
        alike = (single.patient, single.study, single.frame, single.number, single.description)
        cosines = tuple(round(cosine, 3) for cosine in single.orientation)
        joinable = single.modality == "CT" and single.size == 1 and single.frame and cosines
        key = (*alike, single.image_type, cosines) if joinable else (index,)
        groups[key].append(single)
    return [
        replace(merge(group), joined_uids=tuple(image.uid for image in group))
        if len(group) > 1
        else group[0]
        for group in groups.values()
    ]


def merge(parts: Sequence[Series]) -> Series:
    """Return one series with the files of all parts."""
    first: Mapping[str, Callable[[Series], object]] = {
        "frame": lambda part: part.frame,
        "image_type": lambda part: part.image_type,
        "orientation": lambda part: part.orientation,
    }
    facts = {
        name: next(filter(None, map(get, parts)), get(parts[0])) for name, get in first.items()
    }
    return replace(
        parts[0],
        files=tuple(sorted(file for part in parts for file in part.files)),
        size=sum(part.size for part in parts),
        references=tuple(sorted({uid for part in parts for uid in part.references})),
        **facts,  # type: ignore[arg-type]  # each name with the type of its field
    )


def order(series: Series) -> tuple[str, str, bool, int, str, Path]:
    """Return the key by which series are sorted."""
    number = (series.number is None, series.number or 0)
    return series.patient, series.study, *number, series.uid, series.files[0]
