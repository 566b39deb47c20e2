"""What is odd about a case's images, though it can be used: said, and left to people to look at."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Case, Column
from lnmbench.stages.ingest.ingest_report import SHOWN, CaseReport, kinds_of
from lnmbench.store.cohort_scans import Scan

LEAST, MOST = 0.8, 1.25
SMALLEST_ML = 2.0


def doubts_of_mask(masks: NDArray[np.uint8], scan: Scan) -> tuple[str, ...]:
    """Return what is odd about a tumor's masks, (s, patch, patch): cut, or of another volume.

    Its volume in the patches is odd below 0.8 and above 1.25 of that before. A tumor of less than
    2 ml lies on two or three slices, so resampling may change its volume by more than that.
    """
    before, after = scan.tumor_ml
    told = f"{before:.4g} ml before, {after:.4g} ml in the patches"
    large = before >= SMALLEST_ML
    if _at_edge(masks):
        if large and after < LEAST * before:
            return (f"the patch cuts the tumor: {told}",)
        return (f"the tumor reaches the edge of the patch, which may cut it: {told}",)
    if large and not LEAST <= after / before <= MOST:
        return (f"the tumor changes its volume: {told}",)
    return ()


def digest_of(slices: NDArray[np.int16]) -> str:
    """Return what only the same slices have: empty where there are none."""
    whole = np.ascontiguousarray(slices, dtype="<i2")
    return hashlib.sha256(whole.data).hexdigest() if len(whole) else ""


def with_twins(
    rows: Sequence[CaseReport], cases: Sequence[Case], columns: Sequence[Column]
) -> list[CaseReport]:
    """Return the rows, a doubt added to each case whose images are another patient's as well.

    The case that is named is the first other one, in the order of the cases.
    """
    patients = _patients(cases, columns)
    alike: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.digest and not row.reason:
            alike[row.digest].append(row.case)
    return [_with_twin(row, alike.get(row.digest, []), patients) for row in rows]


def tell(rows: Sequence[CaseReport], report: Path) -> str:
    """Return one sentence on how many cases there is a doubt about; empty where there is none."""
    doubtful = [row for row in rows if row.doubts and not row.reason]
    if not doubtful:
        return ""
    if len(doubtful) == 1:
        told = f"case {doubtful[0].case!r}: {'; '.join(doubtful[0].doubts)}"
    else:
        told = "; ".join(kinds_of([doubt for row in doubtful for doubt in row.doubts], SHOWN))
    return f"look at the images of {len(doubtful)} of {len(rows)} cases ({told}): see {report}"


def tell_twins(rows: Sequence[CaseReport]) -> str:
    """Return one sentence on the cases whose images are the same; empty where there are none."""
    pairs = [(row.case, row.twin) for row in rows if row.twin]
    if not pairs:
        return ""
    (case, twin), *_ = pairs
    return (
        f"{len(pairs)} cases of different patients have the same images, e.g. {case!r} and "
        f"{twin!r}: if they are one patient, give the column patient"
    )


def _at_edge(masks: NDArray[np.uint8]) -> bool:
    edges = (masks[:, 0], masks[:, -1], masks[:, :, 0], masks[:, :, -1])
    return any(bool(edge.any()) for edge in edges)


def _patients(cases: Sequence[Case], columns: Sequence[Column]) -> dict[str, str]:
    """Return the patient of each case: by its column, else the case itself."""
    name = next((column.name for column in columns if column.role == "patient"), "")
    return {case.id: str(case.values.get(name) or case.id) for case in cases}


def _with_twin(row: CaseReport, alike: Sequence[str], patients: Mapping[str, str]) -> CaseReport:
    others = [case for case in alike if patients[case] != patients[row.case]]
    return replace(row, twin=others[0]) if others else row
