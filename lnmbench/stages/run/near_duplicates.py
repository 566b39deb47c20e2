"""Images that two patients seem to share: found on small copies, whatever their intensities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Alike, Cohort
from lnmbench.store.cohort_file import opened

SIDE = 48
"""Blocks across a small copy."""
SIMILAR = 0.985
"""The correlation from which on two copies are taken for one image.

`benchmarks/alike.py` measures how close different phantoms come, and how far changed copies of one
slice go.
"""
MOST = 1000
"""Pairs that are kept, the closest first."""
_ROWS = 256


def find_alike(
    cohort: Cohort, at: NDArray[np.int64], patients: NDArray[np.int64]
) -> tuple[Alike, ...] | None:
    """Return the pairs of cases of different patients that share an image, the closest first.

    `at` (n,) says where the cases stand in the cohort, `patients` (n,) whose they are. The middle
    slice of each case is averaged in `SIDE` × `SIDE` blocks; what is correlated is how the blocks
    differ from their neighbors, so that neither brightness nor contrast matters, and the anatomy
    that all chests share matters little. Two slices that are the same all over are alike. None
    where there are no images. Raises `UserError` for a cohort file that cannot be read.
    """
    if not cohort.has_images or cohort.path is None:
        return None
    found = [np.empty((0, 3))]
    for pairs in _pairs(_copies(cohort, at), patients):
        both = np.concatenate([*found, pairs])
        found = [both[np.argsort(-both[:, 2], kind="stable")][:MOST]]
    return tuple(
        Alike(case_a=int(a), case_b=int(b), similarity=similarity)
        for a, b, similarity in found[0].tolist()
    )


def _copies(cohort: Cohort, at: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return what is compared of each case, (n, d), rows of length 1."""
    assert cohort.path is not None
    middle = (cohort.offsets[:-1] + cohort.offsets[1:] - 1)[at] // 2
    with opened(cohort.path) as file:
        slices = file["slices"]
        return np.stack([small_copy(slices[number]) for number in middle.tolist()])


def small_copy(slice_hu: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the steps between the blocks of one slice (d,), of length 1; a mark for none.

    The product of two copies is their similarity.
    """
    blocks = slice_hu.astype(np.float64)
    for axis in (0, 1):
        side = blocks.shape[axis]
        edges = np.linspace(0, side, min(SIDE, side) + 1).astype(np.int64)
        sums = np.add.reduceat(blocks, edges[:-1], axis=axis)
        blocks = sums / np.expand_dims(np.diff(edges), 1 - axis)
    steps = np.concatenate([np.diff(blocks, axis=axis).ravel() for axis in (0, 1)])
    steps -= steps.mean()
    length = float(np.linalg.norm(steps))
    flat = length <= 1e-6
    return np.append(steps / (1.0 if flat else length), float(flat)).astype(np.float32)


def _pairs(
    copies: NDArray[np.float32], patients: NDArray[np.int64]
) -> Iterator[NDArray[np.float64]]:
    """Yield (case, later case, similarity) of the pairs that are alike, some rows at a time."""
    for start in range(0, len(copies), _ROWS):
        rows = copies[start : start + _ROWS]
        similar = rows @ copies[start:].T
        apart = patients[start : start + _ROWS, None] != patients[None, start:]
        a, b = np.nonzero((similar >= SIMILAR) & apart)
        later = b > a
        a, b = a[later], b[later]
        yield np.column_stack([a + start, b + start, np.minimum(similar[a, b], 1.0)])
