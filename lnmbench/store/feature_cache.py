"""Feature cache (HDF5): the outputs of an encoder's frozen stages for each slice.

Arrays are float32 (views, slices, …), contiguous, so that training maps them into memory like a
flat file; `/checksums/<array>` holds a CRC-32 of each part. While the cache is computed, finished
parts are stored next to it, so that a killed process loses one part.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.store.atomic import hold_lock
from lnmbench.store.checkpoints import Parts
from lnmbench.store.hdf5 import create_hdf5

FORMAT = 2

PART = 64
"""Number of slices in a part: some seconds of work."""

Arrays = Mapping[str, NDArray[np.float32]]


def read_features(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a cache by name, (views, slices, …), after their checksums.

    They are mapped into memory from the file; changes to them are not stored. Raises `UserError` if
    the cache cannot be read.
    """
    try:
        with h5py.File(path, "r") as file:
            sums = {name: stored[:] for name, stored in file["checksums"].items()}
            arrays = {name: _map_array(path, file[name]) for name in sums}
        for name, array in arrays.items():
            if not np.array_equal(_checksums(array), sums[name]):
                raise OSError(f"checksum mismatch in {name}")
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise UserError(
            "cannot read the feature cache",
            where=str(path),
            got=str(error)[:120],
            then="delete it to rebuild it",
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
    """Write the features of all slices, resuming an unfinished cache.

    Parameters
    ----------
    path
        The cache.
    slices
        Number of slices.
    key
        Settings of the cache as text; parts of another key are ignored.
    encode
        Function of `(start, stop)` that returns arrays (views, stop - start, …) by name.
    done
        Function that is called with the number of slices after each part.
    """
    parts = Parts.for_file(path)

    def part(start: int, stop: int) -> Arrays:
        number, label = start // PART, f"{key}:{start}:{stop}"
        arrays: Arrays | None = parts.read(number, label)
        if arrays is None:
            arrays = encode(start, stop)
            parts.write(number, label, arrays)
        return arrays

    bounds = [(start, min(start + PART, slices)) for start in range(0, slices, PART)]
    with hold_lock(path):
        if path.is_file():
            return
        for start, stop in bounds:
            part(start, stop)
            done(stop - start)
        with create_hdf5(path) as file:
            file.attrs["key"], file.attrs["format"] = key, FORMAT
            for start, stop in bounds:
                for name, array in part(start, stop).items():
                    _write(file, name, array, start, slices)
        parts.remove()


def _write(file: h5py.File, name: str, array: NDArray[np.float32], start: int, slices: int) -> None:
    if name not in file:
        file.create_dataset(name, (array.shape[0], slices, *array.shape[2:]), "<f4")
        file.create_dataset(f"checksums/{name}", -(-slices // PART), "<u4")
    file[name][:, start : start + array.shape[1]] = array
    file[f"checksums/{name}"][start // PART] = _checksum(array)


def _map_array(path: Path, stored: h5py.Dataset) -> NDArray[np.float32]:
    offset, shape = stored.id.get_offset(), stored.shape
    if offset is None or stored.dtype != np.dtype("<f4"):
        raise OSError(f"{stored.name} is not contiguous")
    # copy on write: torch warns about read-only arrays
    return np.memmap(path, "<f4", "c", offset, shape)


def _checksums(array: NDArray[np.float32]) -> NDArray[np.uint32]:
    starts = range(0, array.shape[1], PART)
    return np.array([_checksum(array[:, start : start + PART]) for start in starts], dtype="<u4")


def _checksum(part: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(part, "<f4").data)
