"""Images of the cases: read, resampled and stored as parts, so that a stopped ingest resumes.

A worker holds one volume at a time and releases it before it takes the next, so that memory does
not grow with the cohort.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.imaging.damaged_slices import require_sound_slices
from lnmbench.imaging.geometry import Patches, to_patches
from lnmbench.imaging.hounsfield import require_hu
from lnmbench.imaging.whole_scan import to_whole_slices
from lnmbench.records import Case, Choice, NativeBox, Preprocessing, Volume
from lnmbench.stages.ingest.evidence import collect_evidence, read_or_make_key
from lnmbench.stages.ingest.feature_extraction import Extraction
from lnmbench.stages.ingest.image_warnings import mask_warnings
from lnmbench.stages.ingest.ingest_log import LogEntry, one_line
from lnmbench.stages.ingest.native_boxes import box_arrays, unpack_box
from lnmbench.store.checkpoints import Parts
from lnmbench.store.cohort_scans import Scan

_AXES = 3


def prepare_cases(
    cases: Sequence[Case],
    preprocessing: Preprocessing,
    parts: Parts,
    workers: int,
    extraction: Extraction | None = None,
) -> Generator[LogEntry]:
    """Yield the log entry of each case, in their order, after its images are stored in `parts`.

    A case whose part exists is not read again. If its images raise `UserError`, the entry has the
    reason; any other exception is a bug of the data set and propagates.

    Parameters
    ----------
    cases
        The cases of the data set.
    preprocessing
        Spacing in mm, size in pixels and window of the patches.
    parts
        The folder of the stored images.
    workers
        The number of threads.
    extraction
        The extraction of features from the images at their own resolution, if there is one.
    """
    key = read_or_make_key(parts.folder) if any(case.volume for case in cases) else b""
    with ThreadPoolExecutor(workers) as pool:
        try:
            futures = [
                pool.submit(_prepare, number, case, preprocessing, parts, key, extraction)
                for number, case in enumerate(cases)
            ]
            for future in futures:
                yield future.result()
        except BaseException as error:
            if extraction is not None and not isinstance(error, Exception):  # an interrupt
                extraction.stop()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def read_images(
    number: int, case: Case, preprocessing: Preprocessing, parts: Parts
) -> tuple[Patches, Scan | None, NativeBox | None]:
    """Return the stored images of a case, without slices for a case without images.

    Parameters
    ----------
    number
        The index of the case among all cases of the data set.
    case
        The case.
    preprocessing
        As in `prepare_cases`.
    parts
        As in `prepare_cases`.

    Raises
    ------
    UserError
        If the part is missing or damaged.
    """
    if case.volume is None:
        shape = (0, preprocessing.patch, preprocessing.patch)
        return (
            Patches(slices=np.empty(shape, np.int16), masks=np.empty(shape, np.uint8)),
            None,
            None,
        )
    stored = parts.read(number, case.id)
    if stored is None:
        raise UserError(
            f"the finished part of case {case.id[:40]!r} is missing",
            where=str(parts.folder),
            then="rerun the same command to make it again",
        )
    patches = Patches(slices=stored["slices"], masks=stored["masks"])
    return patches, _scan(stored), unpack_box(stored)


def _prepare(
    number: int,
    case: Case,
    preprocessing: Preprocessing,
    parts: Parts,
    key: bytes,
    extraction: Extraction | None,
) -> LogEntry:
    if case.volume is None:
        return LogEntry(case=case.id)
    whole = preprocessing.region == "none"
    stored = parts.read(number, case.id)
    if stored is None:
        try:
            volume = require_hu(_read_volume(case, preprocessing), preprocessing)
            volume = require_sound_slices(volume, preprocessing)
            stored = _arrays(volume, preprocessing, key, case.id)
        except UserError as error:
            return LogEntry(case=case.id, reason=one_line(str(error)))
        except Exception as error:
            error.add_note(f"while case {case.id[:40]!r} was ingested")
            raise
        if extraction is not None:
            features = extraction.extract(volume, where=f"case {case.id[:40]!r}")
            warnings = [*_read_lines(stored["warnings"]), *map(one_line, features.warnings)]
            stored |= {"extracted": features.values, "warnings": _store_json(warnings)}
        parts.write(number, case.id, stored)
    scan = _scan(stored)
    return LogEntry(
        case=case.id,
        slices=len(stored["slices"]),
        scan=scan,
        notes=_read_lines(stored["notes"]),
        warnings=(
            *_read_lines(stored["warnings"]),
            *(() if whole else mask_warnings(stored["slices"], stored["masks"], scan)),
        ),
        evidence=json.loads(stored["evidence"].tobytes()),
        extracted=tuple(stored["extracted"].tolist()) if "extracted" in stored else (),
    )


def _read_volume(case: Case, preprocessing: Preprocessing) -> Volume:
    if preprocessing.region == "none" and case.scan is not None:
        return case.scan()
    if case.volume is None:
        raise ValueError("a case without images has no volume")
    return case.volume()


def _arrays(
    volume: Volume, preprocessing: Preprocessing, key: bytes, case: str
) -> dict[str, NDArray[Any]]:
    whole = preprocessing.region == "none"
    patches = (to_whole_slices if whole else to_patches)(volume, preprocessing)
    spacing, size = _patient_axes(volume.image)
    voxels = 0 if whole else int(np.count_nonzero(sitk.GetArrayViewFromImage(volume.mask)))
    before = voxels * float(np.prod(spacing)) / 1000
    after = int(np.count_nonzero(patches.masks)) * float(np.prod(preprocessing.spacing_mm)) / 1000
    return {
        "slices": patches.slices,
        "masks": patches.masks,
        "spacing_mm": np.round(spacing, 6),
        "size": np.array(size),
        "tumor_ml": np.round([before, after], 6),
        "notes": _store_json([one_line(line) for line in volume.notes]),
        "warnings": _store_json([one_line(line) for line in volume.warnings]),
        **box_arrays(volume, preprocessing),
        "evidence": _store_json(collect_evidence(volume, patches.slices, key, case=case)),
    }


def _store_json(content: Sequence[str] | Mapping[Any, str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(content).encode(), np.uint8)


def _read_lines(stored: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(json.loads(stored.tobytes()))


def _patient_axes(image: sitk.Image) -> tuple[list[float], list[int]]:
    """Return spacing in mm and size in voxels along the patient's axes nearest to the image's."""
    direction = np.abs(np.reshape(image.GetDirection(), (_AXES, _AXES)))
    nearest = direction.argmax(axis=1).tolist()
    order = nearest if sorted(nearest) == list(range(_AXES)) else list(range(_AXES))
    spacing, size = image.GetSpacing(), image.GetSize()
    return [spacing[axis] for axis in order], [size[axis] for axis in order]


def _scan(stored: Mapping[str, NDArray[Any]]) -> Scan:
    spacing, size, volume = (stored[name].tolist() for name in ("spacing_mm", "size", "tumor_ml"))
    return Scan(spacing_mm=tuple(spacing), size=tuple(size), tumor_ml=tuple(volume))


def refuse_image_options(
    choice: Choice, cases: Sequence[Case], preprocessing: Preprocessing
) -> None:
    """Raise `UserError` for options of images if no case has any.

    Parameters
    ----------
    choice
        The data set.
    cases
        Its cases.
    preprocessing
        The options of its images.
    """
    named = [
        option
        for option, is_set in (
            ("--region none", preprocessing.region == "none"),
            ("--keep-native", preprocessing.native_mm > 0),
        )
        if is_set
    ]
    if named and not any(case.volume or case.scan for case in cases):
        raise UserError(
            f"{named[0]} needs images",
            got=f"data set {choice.name} without images",
            then=f"leave out {' and '.join(named)}",
        )
