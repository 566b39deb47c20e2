"""The feature cache (HDF5): what the frozen stages make of every slice, computed once.

Arrays are float32 (views, slices, …), stored in one piece so that training reads them as fast as a
flat file, without loading what it does not need; `/checksums/<array>` holds a CRC-32 of each part.
While the cache is being made, finished parts lie beside it, so that a killed process loses one.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.store.atomic import alone
from lnmbench.store.checkpoints import Parts
from lnmbench.store.hdf5 import creating

FORMAT = 2

PART = 64
"""Slices in a part: some seconds of work."""

Arrays = Mapping[str, NDArray[np.float32]]


def read_features(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a cache by name, (views, slices, …), checked.

    They lie in the file: what is not looked at takes no memory, and what is written to them is
    forgotten. Raises `UserError` where the cache cannot be read.
    """
    try:
        with h5py.File(path, "r") as file:
            sums = {name: stored[:] for name, stored in file["checksums"].items()}
            arrays = {name: _mapped(path, file[name]) for name in sums}
        for name, own in arrays.items():
            if not np.array_equal(_checksums(own), sums[name]):
                raise OSError(f"{name} are not what was written")
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise UserError(
            "unreadable feature cache",
            where=str(path),
            got=str(error)[:120],
            then="delete it; it is made again",
        ) from error
    return arrays


def make_features(
    path: Path,
    *,
    slices: int,
    key: str,
    encode: Callable[[int, int], Arrays],
    done: Callable[[int], None],
) -> None:
    """Write what is made of slices 0 … slices - 1 to `path`, going on where an earlier try ended.

    `encode(start, stop)` returns arrays (views, stop - start, …) by name; `done(m)` is told of m
    more slices.
    """
    parts = Parts.of(path)

    def part(start: int, stop: int) -> Arrays:
        number, label = start // PART, f"{key}:{start}:{stop}"
        kept: Arrays | None = parts.read(number, label)
        if kept is None:
            kept = encode(start, stop)
            parts.write(number, label, kept)
        return kept

    bounds = [(start, min(start + PART, slices)) for start in range(0, slices, PART)]
    with alone(path):
        if path.is_file():
            return
        for start, stop in bounds:
            part(start, stop)
            done(stop - start)
        with creating(path) as file:
            file.attrs["key"], file.attrs["format"] = key, FORMAT
            for start, stop in bounds:
                for name, own in part(start, stop).items():
                    _write(file, name, own, start, slices)
        parts.remove()


def _write(file: h5py.File, name: str, own: NDArray[np.float32], start: int, slices: int) -> None:
    if name not in file:
        file.create_dataset(name, (own.shape[0], slices, *own.shape[2:]), "<f4")
        file.create_dataset(f"checksums/{name}", -(-slices // PART), "<u4")
    file[name][:, start : start + own.shape[1]] = own
    file[f"checksums/{name}"][start // PART] = _checksum(own)


def _mapped(path: Path, stored: h5py.Dataset) -> NDArray[np.float32]:
    offset, shape = stored.id.get_offset(), stored.shape
    if offset is None or stored.dtype != np.dtype("<f4"):
        raise OSError(f"{stored.name} is not in one piece")
    # copy on write: torch warns of arrays that must not be written to
    return np.memmap(path, "<f4", "c", offset, shape)


def _checksums(array: NDArray[np.float32]) -> NDArray[np.uint32]:
    starts = range(0, array.shape[1], PART)
    return np.array([_checksum(array[:, at : at + PART]) for at in starts], dtype="<u4")


def _checksum(part: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(part, "<f4").data)
