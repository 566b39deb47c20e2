"""The feature cache (HDF5): what the frozen encoder makes of every slice, computed once.

While it is being made, finished parts lie beside it, so that a killed process loses one part.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.store.atomic import alone
from lnmbench.store.hdf5 import creating
from lnmbench.store.parts import Parts

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
    parts = Parts.of(path)

    def part(start: int, stop: int) -> NDArray[np.float32]:
        number, label = start // PART, f"{key}:{start}:{stop}"
        kept = parts.read(number, label)
        if kept is None:
            kept = {"features": encode(start, stop)}
            parts.write(number, label, kept)
        features: NDArray[np.float32] = kept["features"]
        return features

    bounds = [(start, min(start + PART, slices)) for start in range(0, slices, PART)]
    with alone(path):
        if path.is_file():
            return
        for start, stop in bounds:
            part(start, stop)
            done(stop - start)
        with creating(path) as file:
            chunks = (min(PART, slices), width)
            stored = file.create_dataset(
                "features", (slices, width), "f4", chunks=chunks, fletcher32=True
            )
            file.attrs["key"] = key
            for start, stop in bounds:
                stored[start:stop] = part(start, stop)
        parts.remove()
