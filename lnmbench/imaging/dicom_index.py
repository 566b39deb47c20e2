"""Index of the DICOM series below a folder, by their headers; file names do not matter."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from lnmbench.imaging.headers import MODALITIES, begins_with_element, has_prefix, may_be_dicom, term
from lnmbench.imaging.image_files import list_image_files
from lnmbench.imaging.silence import suppress_warnings

DAMAGED = "damaged"

_REFERENCES = (
    "ReferencedSeriesSequence",
    "ReferencedFrameOfReferenceSequence",
    "StudiesContainingOtherReferencedInstancesSequence",
    "SourceImageSequence",
    "SharedFunctionalGroupsSequence",
)
# For segmentations that reference images but no series; read only if needed, as they are long.
_DEEP_REFERENCES = ("PerFrameFunctionalGroupsSequence", "ROIContourSequence")
_TAGS = (
    *("SpecificCharacterSet", "PatientID", "StudyInstanceUID", "SeriesInstanceUID"),
    *("SOPClassUID", "SOPInstanceUID", "Modality", "SeriesNumber", "SeriesDescription"),
    *("ImageType", "FrameOfReferenceUID", "NumberOfFrames", "ImageOrientationPatient"),
    *_REFERENCES,
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instance:
    """One file as a series, its UID, and the images that it references."""

    series: Series
    uid: str
    images: frozenset[str] = field(default_factory=frozenset)


def index_folder(root: Path, *, threads: int = 4) -> tuple[Series, ...]:
    """Return the DICOM series below `root`, sorted by patient, study, number and UID.

    Only headers are read. Other files are skipped; links are followed. A file that
    is DICOM by its name or prefix but cannot be read belongs to the series of its folder if there
    is only one, so that reading that series refuses it; else to a series of the modality `damaged`.
    `root` may also be one DICOM file. Raises `UserError` for a folder that does not exist or cannot
    be read.
    """
    paths = list_image_files(root)
    with ThreadPoolExecutor(threads) as pool:
        instances = [instance for instance in pool.map(_instance, paths) if instance is not None]
    series_of_image = {instance.uid: instance.series.uid for instance in instances if instance.uid}
    groups: dict[tuple[str, str, str], list[Series]] = defaultdict(list)
    for instance in _assign_damaged(instances):
        known = {series_of_image[uid] for uid in instance.images if uid in series_of_image}
        references = instance.series.references or tuple(sorted(known))
        part = replace(instance.series, references=references)
        groups[part.patient, part.study, part.uid].append(part)
    scans = (part for parts in groups.values() for part in _split_planes(parts))
    return tuple(sorted(_join_single_images([_merge(scan) for scan in scans]), key=_order))


def series_location(series: Series) -> str:
    """Return the folder of a series for a message, or its first file if it has several folders."""
    folders = {file.parent for file in series.files}
    number = "" if series.number is None else f"series {series.number}, "
    return f"{number}{folders.pop() if len(folders) == 1 else series.files[0]}"


@suppress_warnings
def _instance(path: Path) -> _Instance | None:
    """Return the facts of a file's header, None for a DICOMDIR and other files."""
    if not may_be_dicom(path):
        return None
    # Without prefix and suffix, a file is DICOM only if it names its series.
    certain = has_prefix(path) or not begins_with_element(path)
    damaged = _Instance(series=_make_damaged(path), uid="") if certain else None
    try:
        header = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(_TAGS), force=True
        )
        if header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            return None
        return _describe(path, header) if header.get("SeriesInstanceUID") else damaged
    except Exception:  # a broken file may make pydicom raise anything
        return damaged


def _make_damaged(path: Path) -> Series:
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


def _describe(path: Path, header: Dataset) -> _Instance:
    modality = term(header.get("Modality"), MODALITIES)
    drawn = modality in ("SEG", "RTSTRUCT")
    references, images = _references(path, header) if drawn else ((), frozenset[str]())
    series = Series(
        patient=str(header.get("PatientID", "") or ""),
        study=str(header.get("StudyInstanceUID", "") or ""),
        uid=str(header.SeriesInstanceUID),
        modality=modality,
        number=_parse_integer(header.get("SeriesNumber")),
        description=str(header.get("SeriesDescription", "") or ""),
        files=(path,),
        size=_parse_integer(header.get("NumberOfFrames")) or 1,
        references=references,
        frame=_frame(header),
        image_type=tuple(str(value).upper() for value in header.get("ImageType") or ()),
        orientation=_orientation(header),
    )
    return _Instance(series=series, uid=str(header.get("SOPInstanceUID", "")), images=images)


def _references(path: Path, header: Dataset) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the UIDs of the series and of the images that a segmentation references."""
    series, images = _collect_uids(header, _REFERENCES)
    if not series and not images:
        deep = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(_DEEP_REFERENCES), force=True
        )
        series, images = _collect_uids(deep, _DEEP_REFERENCES)
    return tuple(sorted(series)), frozenset(images)


def _collect_uids(header: Dataset, sequences: Sequence[str]) -> tuple[set[str], set[str]]:
    uids: dict[str, set[str]] = {"SeriesInstanceUID": set(), "ReferencedSOPInstanceUID": set()}

    def collect(_: Dataset, element: pydicom.DataElement) -> None:
        if element.keyword in uids and element.value:
            uids[element.keyword].add(str(element.value))

    for name in sequences:
        for item in header.get(name) or ():
            item.walk(collect)
    return uids["SeriesInstanceUID"], uids["ReferencedSOPInstanceUID"]


def _frame(header: Dataset) -> str:
    inner = (item for item in header.get("ReferencedFrameOfReferenceSequence") or ())
    uids = (str(item.get("FrameOfReferenceUID", "") or "") for item in (header, *inner))
    return next((uid for uid in uids if uid), "")


def _orientation(header: Dataset) -> tuple[float, ...]:
    for item in (header, *_iterate_shared_planes(header)):
        cosines = item.get("ImageOrientationPatient")
        if cosines is not None and len(cosines) == 6:
            return tuple(float(value) for value in cosines)
    return ()


def _iterate_shared_planes(header: Dataset) -> Iterator[Dataset]:
    for item in header.get("SharedFunctionalGroupsSequence") or ():
        yield from item.get("PlaneOrientationSequence") or ()


def _parse_integer(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def _assign_damaged(instances: Sequence[_Instance]) -> Iterator[_Instance]:
    """Assign each damaged file to the series of its folder, if there is only one."""
    series_by_folder: dict[Path, dict[str, Series]] = defaultdict(dict)
    for instance in instances:
        series = instance.series
        if series.uid:
            series_by_folder[series.files[0].parent][series.uid] = series
    for instance in instances:
        (path,) = instance.series.files
        candidates = list(series_by_folder[path.parent].values())
        if not instance.series.uid and len(candidates) == 1:
            series = replace(candidates[0], files=(path,), size=1, image_type=(), orientation=())
            yield replace(instance, series=series)
        else:
            yield instance


def _split_planes(parts: Sequence[Series]) -> list[list[Series]]:
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


def _join_single_images(series: Sequence[Series]) -> list[Series]:
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
        replace(_merge(group), joined_uids=tuple(image.uid for image in group))
        if len(group) > 1
        else group[0]
        for group in groups.values()
    ]


def _merge(parts: Sequence[Series]) -> Series:
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


def _order(series: Series) -> tuple[str, str, bool, int, str, Path]:
    number = (series.number is None, series.number or 0)
    return series.patient, series.study, *number, series.uid, series.files[0]
