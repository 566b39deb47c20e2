"""Index of the DICOM series below a folder, by their headers; file names do not matter."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from lnmbench.imaging.dicom_series import (
    Series,
    join_single_images,
    make_damaged,
    merge,
    order,
    split_planes,
)
from lnmbench.imaging.headers import (
    MODALITIES,
    begins_with_element,
    has_prefix,
    is_blank,
    may_be_dicom,
    read_dicom,
    term,
)
from lnmbench.imaging.image_files import list_image_files
from lnmbench.imaging.silence import suppress_warnings

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
class _Instance:
    """One file as a series, its UID, and the images that it references."""

    series: Series
    uid: str
    images: frozenset[str] = field(default_factory=frozenset)


def index_folder(root: Path, *, threads: int = 4) -> tuple[Series, ...]:
    """Return the DICOM series below `root`, sorted by patient, study, number and UID.

    Only headers are read. Other files are skipped; links are followed. A file that is DICOM by its
    name or prefix but cannot be read, or a blank one that is named as the slices are, belongs to
    the series of its folder if there is only one, so that reading that series refuses it; else to a
    series of the modality `damaged`. `root` may also be one DICOM file. Raises `UserError` for a
    folder that does not exist or cannot be read.
    """
    paths = list_image_files(root)
    with ThreadPoolExecutor(threads) as pool:
        instances = [instance for instance in pool.map(_instance, paths) if instance is not None]
    named_alike = {(file.parent, file.suffix) for i in instances for file in i.series.files}
    for path in set(paths) - {file for i in instances for file in i.series.files}:
        if (path.parent, path.suffix) in named_alike and is_blank(path):
            instances.append(_Instance(series=make_damaged(path), uid=""))
    series_of_image = {instance.uid: instance.series.uid for instance in instances if instance.uid}
    groups: dict[tuple[str, str, str], list[Series]] = defaultdict(list)
    for instance in _assign_damaged(instances):
        known = {series_of_image[uid] for uid in instance.images if uid in series_of_image}
        references = instance.series.references or tuple(sorted(known))
        part = replace(instance.series, references=references)
        groups[part.patient, part.study, part.uid].append(part)
    scans = (part for parts in groups.values() for part in split_planes(parts))
    return tuple(sorted(join_single_images([merge(scan) for scan in scans]), key=order))


@suppress_warnings
def _instance(path: Path) -> _Instance | None:
    """Return the facts of a file's header, None for a DICOMDIR and other files."""
    if not may_be_dicom(path):
        return None
    # Without prefix and suffix, a file is DICOM only if it names its series.
    certain = has_prefix(path) or not begins_with_element(path)
    damaged = _Instance(series=make_damaged(path), uid="") if certain else None
    try:
        header = read_dicom(path, stop_before_pixels=True, specific_tags=_TAGS)
        if header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            return None
        return _describe(path, header) if header.get("SeriesInstanceUID") else damaged
    except Exception:  # a broken file may make pydicom raise anything
        return damaged


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
        deep = read_dicom(path, stop_before_pixels=True, specific_tags=_DEEP_REFERENCES)
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
