"""Warnings about images that are usable but unusual, for a person to check."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.stages.ingest.ingest_log import KINDS_IN_A_NOTICE, LogEntry, count_kinds
from lnmbench.store.cohort_scans import Scan
from lnmbench.text import plural

LEAST_RATIO, MOST_RATIO = 0.8, 1.25
SMALLEST_ML = 2.0
# Lung tissue and ground glass lie above it: a region below it lies outside the body.
AIR_HU = -900
MOST_AIR = 0.9


def mask_warnings(
    slices: NDArray[np.int16], masks: NDArray[np.uint8], scan: Scan
) -> tuple[str, ...]:
    """Return warnings about a tumor that is air, that the patch cuts or that changes its volume.

    The volume in the patches should be .8 to 1.25 of the volume before. A tumor of less than 2 ml
    lies on two or three slices, so that resampling may change its volume by more than that.

    Parameters
    ----------
    slices
        HU of the patches, (s, patch, patch).
    masks
        The tumor in the patches, (s, patch, patch), 0 or 1.
    scan
        The scan with the tumor's volume before and after resampling.
    """
    return (*_warn_of_air(slices[masks != 0]), *_warn_of_volume(masks, scan))


def _warn_of_air(tumor_hu: NDArray[np.int16]) -> tuple[str, ...]:
    """Return a warning about a region that is misplaced: nearly all of its voxels are air."""
    share = float(np.mean(tumor_hu < AIR_HU))
    if share < MOST_AIR:
        return ()
    return (f"the tumor region is air: {share:.0%} of its voxels lie below {AIR_HU} HU",)


def _warn_of_volume(masks: NDArray[np.uint8], scan: Scan) -> tuple[str, ...]:
    before, after = scan.tumor_ml
    volumes = f"{before:.4g} ml before, {after:.4g} ml in the patches"
    large = before >= SMALLEST_ML
    if _touches_edge(masks):
        if large and after < LEAST_RATIO * before:
            return (f"the patch cuts the tumor: {volumes}",)
        return (f"the tumor reaches the edge of the patch, which may cut it: {volumes}",)
    if large and not LEAST_RATIO <= after / before <= MOST_RATIO:
        return (f"the tumor changes its volume: {volumes}",)
    return ()


def summarize_warnings(entries: Sequence[LogEntry], log: Path) -> str:
    """Return one sentence about the cases with warnings; empty without any."""
    warned = [entry for entry in entries if entry.warnings and not entry.reason]
    if not warned:
        return ""
    if len(warned) == 1:
        warnings = f"case {warned[0].case!r}: {'; '.join(warned[0].warnings)}"
    else:
        texts = [warning for entry in warned for warning in entry.warnings]
        warnings = "; ".join(count_kinds(texts, KINDS_IN_A_NOTICE))
    cases = f"{len(warned)} of {plural(len(entries), 'case')}"
    return f"check the images of {cases} ({warnings}): see {log}"


def _touches_edge(masks: NDArray[np.uint8]) -> bool:
    edges = (masks[:, 0], masks[:, -1], masks[:, :, 0], masks[:, :, -1])
    return any(bool(edge.any()) for edge in edges)
