"""Feature cache (HDF5): the outputs of an encoder's frozen stages for each slice.

Arrays are float32 (views, slices, …), contiguous, so that training maps them into memory like a
flat file; `/checksums/<array>` holds a CRC-32 of each part. While the cache is computed, finished
parts are stored next to it, so that a killed process loses one part.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.store.atomic import hold_lock
from lnmbench.store.checkpoints import Parts
from lnmbench.store.cohort_opening import read_state
from lnmbench.store.file_errors import read_error
from lnmbench.store.hdf5 import create_hdf5
from lnmbench.store.hdf5_checks import (
    LayoutError,
    open_hdf5,
    read_text_attribute,
    require_dataset,
    require_members,
)

FORMAT = 2

PART = 64
"""Number of slices in a part: some seconds of work."""

Arrays = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureCache:
    """A feature cache: its file, and the key, which says what it was computed from."""

    path: Path
    key: str


def read_features(cache: FeatureCache) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of a cache by name, (views, slices, …), after their checksums.

    They are mapped into memory from the file; changes to them are not stored. The checksums are
    verified once in a process, and again after a change of the file. Raises `UserError` if
    the cache cannot be read, or was computed from something else than its key says.
    """
    path = cache.path
    try:
        with open_hdf5(path) as file:
            if read_text_attribute(file, "key") != cache.key:
                raise LayoutError("the features of another cohort or encoder")
            group = file["checksums"]
            require_members(file, {*group, "checksums"}, "the file")
            arrays = {name: _map_array(path, file, name) for name in group}
        _verify_checksums(path, read_state(path))
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, OverflowError) as error:
        raise read_error(error, path, "feature cache", then="delete it to rebuild it") from error
    return arrays


def make_features(
    cache: FeatureCache,
    *,
    slices: int,
    encode: Callable[[int, int], Arrays],
    done: Callable[[int], None],
    say: Callable[[str], None] | None = None,
) -> None:
    """Write the features of all slices, resuming an unfinished cache.

    Parameters
    ----------
    cache
        The cache; parts of another key are ignored.
    slices
        Number of slices.
    encode
        Function of `(start, stop)` that returns arrays (views, stop - start, …) by name.
    done
        Function that is called with the number of slices after each part.
    say
        Receives a notice while another process makes the same cache.
    """
    path, key = cache.path, cache.key
    parts = Parts.for_file(path)

    def part(start: int, stop: int) -> Arrays:
        number, label = start // PART, f"{key}:{start}:{stop}"
        arrays: Arrays | None = parts.read(number, label)
        if arrays is None:
            arrays = encode(start, stop)
            parts.write(number, label, arrays)
        return arrays

    bounds = [(start, min(start + PART, slices)) for start in range(0, slices, PART)]
    with hold_lock(path, say):
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


def _map_array(path: Path, file: h5py.File, name: str) -> NDArray[np.float32]:
    rank = file[name].ndim if isinstance(file.get(name), h5py.Dataset) else 0
    if rank < 3:  # (views, slices, …)
        raise LayoutError(f"{name[:40]!r} is no array of features")
    stored = require_dataset(file, name, dtype="<f4", shape=(None,) * rank, contiguous=True)
    # copy on write: torch warns about read-only arrays
    return np.memmap(path, "<f4", "c", stored.id.get_offset(), stored.shape)


@functools.lru_cache(maxsize=16)
def _verify_checksums(path: Path, _state: tuple[int, ...]) -> None:
    with open_hdf5(path) as file:
        group = file["checksums"]
        for name in group:
            array = _map_array(path, file, name)
            shape = (-(-array.shape[1] // PART),)
            stored = require_dataset(group, name, dtype="<u4", shape=shape)
            if not np.array_equal(_checksums(array), stored[:]):
                raise OSError(f"checksum mismatch in {name}")


def _checksums(array: NDArray[np.float32]) -> NDArray[np.uint32]:
    starts = range(0, array.shape[1], PART)
    return np.array([_checksum(array[:, start : start + PART]) for start in starts], dtype="<u4")


def _checksum(part: NDArray[np.float32]) -> int:
    return zlib.crc32(np.ascontiguousarray(part, "<f4").data)
