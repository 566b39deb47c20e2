"""Lists the DICOM series below a folder by what their headers say; names of files do not matter."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import MediaStorageDirectoryStorage

from lnmbench.errors import UserError, reading
from lnmbench.imaging.headers import MODALITIES, term
from lnmbench.imaging.silence import quietly

DAMAGED = "damaged"

_REFERENCES = (
    "ReferencedSeriesSequence",
    "ReferencedFrameOfReferenceSequence",
    "StudiesContainingOtherReferencedInstancesSequence",
    "SourceImageSequence",
    "SharedFunctionalGroupsSequence",
)
# Where a segmentation names images and no series; read only if need be, for they are long.
_DEEP_REFERENCES = ("PerFrameFunctionalGroupsSequence", "ROIContourSequence")
_TAGS = (
    *("SpecificCharacterSet", "PatientID", "StudyInstanceUID", "SeriesInstanceUID"),
    *("SOPClassUID", "SOPInstanceUID", "Modality", "SeriesNumber", "SeriesDescription"),
    *("ImageType", "FrameOfReferenceUID", "NumberOfFrames", "ImageOrientationPatient"),
    *_REFERENCES,
)
_MARK_AT, _MARK = 128, b"DICM"
_WHOLE = re.compile(r"[+-]?[0-9]{1,10}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One DICOM series: its files, and what their headers say of it.

    `size` counts images (frames, where files have several). `references` are the UIDs of the
    series that a SEG or RTSTRUCT was drawn on, `frame` is the UID of its frame of reference.
    `image_type` and `orientation` (six cosines) are those of the first file that has them; empty
    where none does. The modality `damaged` collects files that are DICOM by their name or mark but
    cannot be read, and whose series is unknown; `unknown` is one that the standard does not have.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instance:
    """One file as a series of its own, its UID, and the images that it refers to."""

    series: Series
    uid: str
    images: frozenset[str] = field(default_factory=frozenset)


def index_folder(root: Path, *, threads: int = 4) -> tuple[Series, ...]:
    """Return every DICOM series below `root`, sorted by patient, study, number and UID.

    Only headers are read. What is not DICOM is passed over; links to folders are not followed.
    A file that is DICOM by its name or mark but cannot be read counts to the series of its folder
    if there is only one, so that reading that series refuses it; else to a series of the modality
    `damaged`. `root` may also be one DICOM file. Raises `UserError` where there is no such folder
    or it cannot be read.
    """
    paths = _files(root)
    with ThreadPoolExecutor(threads) as pool:
        found = [instance for instance in pool.map(_instance, paths) if instance is not None]
    home_of = {one.uid: one.series.uid for one in found if one.uid}
    groups: dict[tuple[str, str, str], list[Series]] = defaultdict(list)
    for one in _adopted(found):
        known = {home_of[image] for image in one.images if image in home_of}
        part = replace(one.series, references=one.series.references or tuple(sorted(known)))
        groups[part.patient, part.study, part.uid].append(part)
    return tuple(sorted((_joined(parts) for parts in groups.values()), key=_order))


def where_is(series: Series) -> str:
    """Return the folder of a series for a message, or its first file if it lies in several."""
    folders = {file.parent for file in series.files}
    number = "" if series.number is None else f"series {series.number}, "
    return f"{number}{folders.pop() if len(folders) == 1 else series.files[0]}"


def _files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    if not root.is_dir():
        raise UserError(f"there is no folder {root}")

    def refuse(error: OSError) -> None:
        raise UserError(f"cannot read {error.filename}", got=error.strerror or str(error))

    return sorted(
        Path(folder, name)
        for folder, _, names in os.walk(root, onerror=refuse)
        for name in names
        if Path(folder, name).is_file()
    )


@quietly
def _instance(path: Path) -> _Instance | None:
    """Return what the file's header says, None where it is no DICOM or a DICOMDIR."""
    named = path.suffix.lower() in (".dcm", ".dicom")
    if not (_marked(path) or named):
        return None
    try:
        header = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(_TAGS), force=named
        )
        if header.file_meta.get("MediaStorageSOPClassUID") == MediaStorageDirectoryStorage:
            return None
        return _described(path, header)
    except Exception:  # a broken file may make pydicom raise anything
        return _Instance(series=_damaged(path), uid="")


def _marked(path: Path) -> bool:
    with reading(path), path.open("rb") as file:
        file.seek(_MARK_AT)
        return file.read(len(_MARK)) == _MARK


def _damaged(path: Path) -> Series:
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


def _described(path: Path, header: Dataset) -> _Instance:
    if not header.get("SeriesInstanceUID"):
        return _Instance(series=_damaged(path), uid="")
    modality = term(header.get("Modality"), MODALITIES)
    drawn = modality in ("SEG", "RTSTRUCT")
    references, images = _references(path, header) if drawn else ((), frozenset[str]())
    series = Series(
        patient=str(header.get("PatientID", "") or ""),
        study=str(header.get("StudyInstanceUID", "") or ""),
        uid=str(header.SeriesInstanceUID),
        modality=modality,
        number=_whole(header.get("SeriesNumber")),
        description=str(header.get("SeriesDescription", "") or ""),
        files=(path,),
        size=_whole(header.get("NumberOfFrames")) or 1,
        references=references,
        frame=_frame(header),
        image_type=tuple(str(value).upper() for value in header.get("ImageType") or ()),
        orientation=_orientation(header),
    )
    return _Instance(series=series, uid=str(header.get("SOPInstanceUID", "")), images=images)


def _references(path: Path, header: Dataset) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the UIDs of the series and of the images that a segmentation refers to."""
    series, images = _named(header, _REFERENCES)
    if not series and not images:
        deep = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=list(_DEEP_REFERENCES), force=True
        )
        series, images = _named(deep, _DEEP_REFERENCES)
    return tuple(sorted(series)), frozenset(images)


def _named(header: Dataset, sequences: Sequence[str]) -> tuple[set[str], set[str]]:
    found: dict[str, set[str]] = {"SeriesInstanceUID": set(), "ReferencedSOPInstanceUID": set()}

    def look(_: Dataset, element: pydicom.DataElement) -> None:
        if element.keyword in found and element.value:
            found[element.keyword].add(str(element.value))

    for name in sequences:
        for item in header.get(name) or ():
            item.walk(look)
    return found["SeriesInstanceUID"], found["ReferencedSOPInstanceUID"]


def _frame(header: Dataset) -> str:
    inner = (item for item in header.get("ReferencedFrameOfReferenceSequence") or ())
    every = (str(item.get("FrameOfReferenceUID", "") or "") for item in (header, *inner))
    return next((uid for uid in every if uid), "")


def _orientation(header: Dataset) -> tuple[float, ...]:
    for item in (header, *_shared_planes(header)):
        cosines = item.get("ImageOrientationPatient")
        if cosines is not None and len(cosines) == 6:
            return tuple(float(value) for value in cosines)
    return ()


def _shared_planes(header: Dataset) -> Iterator[Dataset]:
    for item in header.get("SharedFunctionalGroupsSequence") or ():
        yield from item.get("PlaneOrientationSequence") or ()


def _whole(value: object) -> int | None:
    text = str(value).strip()
    return int(text) if _WHOLE.fullmatch(text) else None


def _adopted(found: Iterable[_Instance]) -> Iterator[_Instance]:
    """Give each damaged file to the one series of its folder, where there is just one."""
    homes: dict[Path, dict[str, Series]] = defaultdict(dict)
    found = list(found)
    for one in found:
        if one.series.uid:
            homes[one.series.files[0].parent][one.series.uid] = one.series
    for one in found:
        (path,) = one.series.files
        home = list(homes[path.parent].values())
        adopt = not one.series.uid and len(home) == 1
        yield replace(one, series=replace(home[0], files=(path,), size=1)) if adopt else one


def _joined(parts: Sequence[Series]) -> Series:
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


def _order(series: Series) -> tuple[str, str, bool, int, str]:
    return series.patient, series.study, series.number is None, series.number or 0, series.uid
