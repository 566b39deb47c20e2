"""Images of many cases at once: read, resampled, kept as parts, and gone on with after a stop.

A worker holds one volume at a time and lets go of it before it takes the next, so that memory does
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
from lnmbench.imaging.geometry import Patches, to_patches
from lnmbench.records import Case, Preprocessing, Volume
from lnmbench.stages.ingest.image_warnings import digest_of, doubts_of_mask
from lnmbench.stages.ingest.ingest_report import CaseReport, one_line
from lnmbench.store.checkpoints import Parts
from lnmbench.store.cohort_scans import Scan

_AXES = 3


def prepare(
    cases: Sequence[Case], preprocessing: Preprocessing, parts: Parts, workers: int
) -> Generator[CaseReport]:
    """Yield what was done with each case, in their order, its images then being kept in `parts`.

    A case whose part is there is not read again. A case whose images raise `UserError` is told
    with the reason; anything else that a data set raises is a bug and goes through.
    """
    with ThreadPoolExecutor(workers) as pool:
        try:
            waiting = [
                pool.submit(_prepare, number, case, preprocessing, parts)
                for number, case in enumerate(cases)
            ]
            for future in waiting:
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def images(
    number: int, case: Case, preprocessing: Preprocessing, parts: Parts
) -> tuple[Patches, Scan | None]:
    """Return what `prepare` kept of a case; no slices where it has no images."""
    if case.volume is None:
        side = (0, preprocessing.patch, preprocessing.patch)
        return Patches(slices=np.empty(side, np.int16), masks=np.empty(side, np.uint8)), None
    stored = parts.read(number, case.id)
    if stored is None:
        raise UserError(
            f"the finished part of case {case.id[:40]!r} is gone",
            where=str(parts.folder),
            then="the same command makes it again",
        )
    return Patches(slices=stored["slices"], masks=stored["masks"]), _scan(stored)


def _prepare(number: int, case: Case, preprocessing: Preprocessing, parts: Parts) -> CaseReport:
    if case.volume is None:
        return CaseReport(case=case.id)
    stored = parts.read(number, case.id)
    if stored is None:
        try:
            stored = _arrays(case.volume(), preprocessing)
        except UserError as error:
            return CaseReport(case=case.id, reason=one_line(str(error)))
        except Exception as error:
            error.add_note(f"while case {case.id[:40]!r} was ingested")
            raise
        parts.write(number, case.id, stored)
    scan = _scan(stored)
    return CaseReport(
        case=case.id,
        slices=len(stored["slices"]),
        scan=scan,
        found=tuple(json.loads(stored["found"].tobytes())),
        doubts=doubts_of_mask(stored["masks"], scan),
        digest=digest_of(stored["slices"]),
    )


def _arrays(volume: Volume, preprocessing: Preprocessing) -> dict[str, NDArray[Any]]:
    patches = to_patches(volume, preprocessing)
    spacing, size = _along_the_patient(volume.image)
    inside = int(np.count_nonzero(sitk.GetArrayViewFromImage(volume.mask)))
    before = inside * float(np.prod(spacing)) / 1000
    after = int(np.count_nonzero(patches.masks)) * float(np.prod(preprocessing.spacing_mm)) / 1000
    found = json.dumps([one_line(line) for line in volume.found]).encode()
    return {
        "slices": patches.slices,
        "masks": patches.masks,
        "spacing_mm": np.round(spacing, 6),
        "size": np.array(size),
        "tumor_ml": np.round([before, after], 6),
        "found": np.frombuffer(found, np.uint8),
    }


def _along_the_patient(image: sitk.Image) -> tuple[list[float], list[int]]:
    """Spacing and size along the axes of the patient that the image's axes are nearest to."""
    direction = np.abs(np.reshape(image.GetDirection(), (_AXES, _AXES)))
    nearest = direction.argmax(axis=1).tolist()
    order = nearest if sorted(nearest) == list(range(_AXES)) else list(range(_AXES))
    spacing, size = image.GetSpacing(), image.GetSize()
    return [spacing[axis] for axis in order], [size[axis] for axis in order]


def _scan(stored: Mapping[str, NDArray[Any]]) -> Scan:
    spacing, size, volume = (stored[name].tolist() for name in ("spacing_mm", "size", "tumor_ml"))
    return Scan(spacing_mm=tuple(spacing), size=tuple(size), tumor_ml=tuple(volume))
