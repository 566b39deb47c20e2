"""The feature cache (HDF5): what the frozen encoder makes of every slice, computed once.

While it is being made, finished parts lie beside it, so that a killed process loses one part.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.store.atomic import alone, replacing
from lnmbench.store.hdf5 import creating

PART = 64
"""Slices in a part: some seconds of work."""


def read_features(path: Path) -> NDArray[np.float32]:
    """Return the features of every slice of the cohort, (slices, D)."""
    try:
        with h5py.File(path, "r") as file:
            features: NDArray[np.float32] = file["features"][:]
            return features
    except (OSError, KeyError) as error:
        raise UserError(
            "unreadable feature cache",
            where=str(path),
            got=str(error)[:120],
            then="delete it; it is made again",
        ) from error


def make_features(
    path: Path,
    *,
    slices: int,
    width: int,
    key: str,
    encode: Callable[[int, int], NDArray[np.float32]],
    done: Callable[[int], None],
) -> None:
    """Write the features of slices 0 … slices - 1 to `path`, going on where an earlier try ended.

    `encode(start, stop)` returns (stop - start, width); `done(m)` is told of m more slices.
    """
    parts = path.with_suffix(".parts")
    starts = range(0, slices, PART)
    with alone(path):
        if path.is_file():
            return
        for start in starts:
            stop = min(start + PART, slices)
            part = _part(parts, start)
            if not _is_whole(part, (stop - start, width)):
                with replacing(part) as beside, beside.open("wb") as stream:
                    np.save(stream, encode(start, stop))
            done(stop - start)
        with creating(path) as file:
            chunks = (min(PART, slices), width)
            stored = file.create_dataset(
                "features", (slices, width), "f4", chunks=chunks, fletcher32=True
            )
            file.attrs["key"] = key
            for start in starts:
                made = np.load(_part(parts, start), allow_pickle=False)
                stored[start : start + len(made)] = made
        shutil.rmtree(parts)


def _part(parts: Path, start: int) -> Path:
    return parts / f"{start:08d}.npy"


def _is_whole(part: Path, shape: tuple[int, int]) -> bool:
    try:
        made = np.load(part, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    return bool(made.shape == shape)
