"""Near-duplicate images of different patients, found on small copies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, ImagePair
from lnmbench.store.cohort_file import iterate_slices

SIDE = 48
"""Number of blocks across a small copy."""
SIMILAR = 0.985
"""Smallest correlation of two copies of one image.

`benchmarks/near_duplicates.py` measures the correlation of different phantoms, and of altered
copies of one slice.
"""
MOST = 1000
"""Largest number of pairs, the closest first."""
_ROWS, _SAMPLE, _AXES = 64, 512, 16
_REACH = float(np.sqrt(2 - 2 * SIMILAR)) + 1e-3
"""Largest distance of two similar copies, which have length 1, and a margin for float32."""


def find_near_duplicates(
    cohort: Cohort,
    cohort_file: Path,
    positions: NDArray[np.int64],
    patients: NDArray[np.int64],
) -> tuple[ImagePair, ...] | None:
    """Return the pairs of cases of different patients that share an image, the closest first.

    The middle slice of each case is averaged in `SIDE` × `SIDE` blocks. The differences between
    neighboring blocks are correlated, so that brightness and contrast have no influence, and the
    anatomy that all chests share has little. Two slices of constant intensity are near duplicates.

    Parameters
    ----------
    cohort
        The cohort.
    cohort_file
        The file with its slices.
    positions
        (n,), the positions of the cases in the cohort.
    patients
        (n,), the number of each case's patient.

    Returns
    -------
    tuple of ImagePair, or None
        At most `MOST` pairs of the cases that have images; None if none has.

    Raises
    ------
    UserError
        For a cohort file that cannot be read.
    """
    with_images = np.flatnonzero(cohort.case_has_images[positions])
    if not len(with_images):
        return None
    middle = (cohort.offsets[:-1] + cohort.offsets[1:] - 1)[positions[with_images]] // 2
    closest = np.empty((0, 3))
    for pairs in _similar_pairs(_small_copies(cohort_file, middle), patients[with_images]):
        pairs[:, :2] = with_images[pairs[:, :2].astype(np.int64)]
        merged = np.concatenate([closest, pairs])
        closest = merged[np.lexsort((merged[:, 1], merged[:, 0], -merged[:, 2]))][:MOST]
    return tuple(
        ImagePair(case_a=int(a), case_b=int(b), similarity=similarity)
        for a, b, similarity in closest.tolist()
    )


def _small_copies(path: Path, slices: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the small copy of each of n slices of a cohort file, (n, d)."""
    return np.stack([small_copy(image) for image in iterate_slices(path, slices)])


def small_copy(slice_hu: NDArray[np.int16]) -> NDArray[np.float32]:
    """Return the small copy of a slice; the scalar product of two copies is their similarity.

    Parameters
    ----------
    slice_hu
        The slice in HU, (H, W).

    Returns
    -------
    array
        (d,), of length 1: the differences between neighboring blocks, and a last value that marks
        a slice of constant intensity.
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


def _similar_pairs(
    copies: NDArray[np.float32], patients: NDArray[np.int64]
) -> Iterator[NDArray[np.float64]]:
    """Yield (case, later case, similarity) of near duplicates, some rows at a time.

    A projection moves no two copies apart, so similar ones are close in it: each copy is compared
    with those that are close, and not with all others.
    """
    from scipy.spatial import cKDTree

    projected = _project(copies)
    tree = cKDTree(projected)
    for start in range(0, len(copies), _ROWS):
        rows = tree.indices[start : start + _ROWS]  # of the same region of the tree
        close = tree.query_ball_point(projected[rows], _REACH)
        candidates = np.unique(np.concatenate(close)).astype(np.int64)
        similar = copies[rows] @ copies[candidates].T
        apart = patients[rows, None] != patients[candidates]
        later = rows[:, None] < candidates
        a, b = np.nonzero((similar >= SIMILAR) & apart & later)
        yield np.column_stack([rows[a], candidates[b], np.minimum(similar[a, b], 1.0)])


def _project(copies: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return an orthogonal projection of the copies on few axes, along which they differ most."""
    sample = copies[:: max(1, len(copies) // _SAMPLE)].astype(np.float64)
    axes = np.linalg.svd(sample - sample.mean(axis=0), full_matrices=False)[2][:_AXES]
    return np.asarray(copies @ axes.T.astype(np.float32), dtype=np.float64)
