"""Time and disk space of an ingest, from the images of some random cases."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import Case
from lnmbench.stages.estimate.estimates import IngestEstimate, Span
from lnmbench.stages.estimate.timing import measure_seconds
from lnmbench.stages.ingest import Extraction, IngestOptions, LogEntry, prepare_cases
from lnmbench.store.checkpoints import PART_FILES, Parts
from lnmbench.text import plural

_ENOUGH_SECONDS = 8.0
_MOST_CASES = 32
_BYTES_OF_VOXEL = 2
_COMPRESSED = 0.55
"""Bytes of native boxes of CT in a cohort file, as a share of those in its parts."""


def estimate_ingest(
    cases: Sequence[Case],
    options: IngestOptions,
    *,
    folder: Path,
    workers: int,
    are_files: bool,
    extraction: Extraction | None = None,
) -> IngestEstimate:
    """Return the estimate of an ingest.

    Parameters
    ----------
    cases
        The cases of the data set, (n,), at least one with images.
    options
        The options of the ingest.
    folder
        A temporary folder for prepared images.
    workers
        The number of threads of the ingest.
    are_files
        Whether images are read from files: then the upper bound is the time by the clock, in which
        a thread waits for the disk.
    extraction
        The extraction of features from the images, if there is one. Its processes count by the
        clock, too.

    Raises
    ------
    UserError
        If no sampled case can be used, or one of them cannot with `strict`.
    """
    with_images = [case for case in cases if case.volume is not None]
    order = np.random.default_rng(0).permutation(len(with_images))[:_MOST_CASES].tolist()
    parts, slices, reasons = Parts(folder=folder), list[int](), list[str]()
    lows, highs, counts = list[float](), list[float](), list[int]()
    part_bytes = 0
    while order and (sum(highs) < _ENOUGH_SECONDS or not slices):
        chunk, order = [with_images[number] for number in order[:workers]], order[workers:]
        entries = list[LogEntry]()

        def prepare(chunk: Sequence[Case] = chunk, entries: list[LogEntry] = entries) -> None:
            entries += prepare_cases(chunk, options.preprocessing, parts, workers, extraction)

        started = time.perf_counter()
        lows.append(measure_seconds(prepare, threads=min(workers, os.cpu_count() or 1)))
        highs.append(time.perf_counter() - started)
        counts.append(len(chunk))
        slices += [entry.slices for entry in entries if not entry.reason]
        left_out = [entry for entry in entries if entry.reason]
        if left_out and options.strict:
            raise UserError(f"case {left_out[0].case[:40]!r}: {left_out[0].reason}")
        reasons += [entry.reason for entry in left_out]
        part_bytes += sum(part.stat().st_size for part in folder.glob(PART_FILES))
        parts.remove()
    if not slices:
        raise UserError(
            f"none of {plural(len(reasons), 'sampled case')} can be used",
            got=reasons[0],
            then="run lnmbench data ingest for the reasons of all cases",
        )
    waits = are_files or extraction is not None  # for the disk, for other processes
    seconds = Span(
        low=_extrapolate(lows, counts, len(with_images)),
        high=_extrapolate(highs if waits else lows, counts, len(with_images)),
    )
    sampled = cycle(slices)
    of_cases = tuple(0 if case.volume is None else next(sampled) for case in cases)
    patch, boxes = options.preprocessing.patch, 0
    if options.preprocessing.native_mm:  # they are most of a part
        boxes = round(part_bytes * _COMPRESSED / len(slices) * len(with_images))
    return IngestEstimate(
        with_images=len(with_images),
        sampled=sum(counts),
        unusable=len(reasons),
        slices=of_cases,
        seconds=seconds,
        disk=sum(of_cases) * patch**2 * _BYTES_OF_VOXEL + boxes,
    )


def _extrapolate(seconds: Sequence[float], counts: Sequence[int], total: int) -> float:
    """Return the seconds of all cases from those of chunks; the first one imports modules."""
    if len(seconds) == 1:
        return seconds[0] / counts[0] * total
    of_case = sum(seconds[1:]) / sum(counts[1:])
    return max(0.0, seconds[0] - of_case * counts[0]) + of_case * total
