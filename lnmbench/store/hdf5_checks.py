"""Guarded reading of HDF5 files: no lock that a drive lacks, no links, no undeclared sizes.

A damaged or hostile file can declare a terabyte that was never written, point to other files, or
pack it in a few bytes. A data set is read only if its bytes are in the file itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import DTypeLike, NDArray

from lnmbench.store.file_errors import FileProblem, classify

LARGEST_CHUNK_BYTES = 64 * 2**20
LARGEST_TEXTS_BYTES = 256 * 2**20
LONGEST_ATTRIBUTE = 2**22
"""Characters of a text attribute."""

_REFERENCE_BYTES = 16
"""Bytes in a data set for each text, which is stored elsewhere in the file."""


class LayoutError(ValueError):
    """A part of an HDF5 file that is not as this version writes it."""


def open_hdf5(path: Path) -> h5py.File:
    """Return a file that is open for reading, without a lock on a drive that has none.

    Files are written once and moved into place, so that a reader needs no lock; with one, it
    notices another program that changes the file.
    """
    try:
        return h5py.File(path, "r")
    except OSError as error:
        if classify(error) is not FileProblem.no_locks:
            raise
        return h5py.File(path, "r", locking=False)


def require_members(group: h5py.Group, names: Iterable[str], place: str) -> None:
    """Raise `LayoutError` if a group does not have exactly these members, as hard links.

    Parameters
    ----------
    group
        The group.
    names
        Names of its members.
    place
        The group in words.
    """
    expected, members = set(names), set(group)
    if members != expected:
        name = min(members ^ expected)
        raise LayoutError(f"{place} {'lacks' if name in expected else 'has'} {name[:40]!r}")
    for name in members:
        if not isinstance(group.get(name, getlink=True), h5py.HardLink):
            raise LayoutError(f"{name[:40]!r} is a link to elsewhere")


def require_dataset(
    group: h5py.Group,
    name: str,
    *,
    dtype: DTypeLike | None,
    shape: tuple[int | None, ...],
    contiguous: bool = False,
) -> h5py.Dataset:
    """Return a data set whose bytes are in the file.

    Parameters
    ----------
    group
        The group that has it.
    name
        Its name.
    dtype
        The type of its values, None for text.
    shape
        Its shape; None for a length that is not known.
    contiguous
        Whether its bytes must be in one piece, uncompressed: then the file bounds its size.

    Raises
    ------
    LayoutError
        If it is of another kind, type or shape, or its declared size is not that of its bytes.
    """
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise LayoutError(f"{name[:40]!r} is missing or a link to elsewhere")
    stored = group[name]
    if not isinstance(stored, h5py.Dataset):
        raise LayoutError(f"{name[:40]!r} is not a data set")
    if stored.is_virtual or stored.external:
        raise LayoutError(f"{name[:40]!r} is in another file")
    text = h5py.check_string_dtype(stored.dtype)
    is_right = (
        text is not None and text.length is None
        if dtype is None
        else stored.dtype == np.dtype(dtype)
    )
    if not is_right:
        raise LayoutError(f"{name[:40]!r} has the type {str(stored.dtype)[:40]}")
    sizes = stored.shape or ()
    if len(sizes) != len(shape) or any(
        expected is not None and size != expected
        for size, expected in zip(sizes, shape, strict=True)
    ):
        raise LayoutError(f"{name[:40]!r} has the shape {sizes}")
    if contiguous and stored.chunks is not None:
        raise LayoutError(f"{name[:40]!r} is in chunks")
    _require_bytes(stored, name)
    return stored


def _require_bytes(stored: h5py.Dataset, name: str) -> None:
    item_bytes = stored.dtype.itemsize
    if h5py.check_string_dtype(stored.dtype) is not None:
        item_bytes = _REFERENCE_BYTES
    declared = math.prod(stored.shape) * item_bytes
    if stored.chunks is None:
        if stored.id.get_storage_size() != declared:
            raise LayoutError(
                f"{name[:40]!r} declares {declared} bytes that the file does not have"
            )
        return
    chunk_bytes = math.prod(stored.chunks) * item_bytes
    chunks = math.prod(
        -(-size // side) for size, side in zip(stored.shape, stored.chunks, strict=True)
    )
    if chunk_bytes > max(LARGEST_CHUNK_BYTES, declared) or any(
        side > max(size, 1) for size, side in zip(stored.shape, stored.chunks, strict=True)
    ):
        raise LayoutError(f"{name[:40]!r} has chunks of {chunk_bytes} bytes")
    if stored.id.get_num_chunks() != chunks:
        raise LayoutError(f"{name[:40]!r} declares {declared} bytes that the file does not have")


def read_texts(stored: h5py.Dataset) -> list[str]:
    """Return the texts of a data set (n,); many references to one long text are refused."""
    texts: list[str] = []
    total, (n,) = 0, stored.shape
    # the file bounds each text, and the block bounds what is read before the sum is checked
    block = max(1, min(4096, LARGEST_TEXTS_BYTES // max(1, stored.file.id.get_filesize())))
    for start in range(0, n, block):
        texts += [str(text) for text in stored.asstr()[start : start + block]]
        total += sum(map(len, texts[start:]))
        if total > LARGEST_TEXTS_BYTES:
            raise LayoutError("the texts are too long")
    return texts


def read_text_attribute(item: h5py.HLObject, name: str) -> str:
    """Return a text attribute. Raises `LayoutError` if there is none."""
    _require_scalar(item, name)
    value = item.attrs[name]
    if not isinstance(value, str) or len(value) > LONGEST_ATTRIBUTE:
        raise LayoutError(f"attribute {name[:40]!r} is not a text")
    return value


def read_number_attribute(item: h5py.HLObject, name: str) -> int:
    """Return an attribute that is a whole number of at least 0. Raises `LayoutError`."""
    _require_scalar(item, name)
    value = item.attrs[name]
    if not isinstance(value, np.integer) or value < 0:
        raise LayoutError(f"attribute {name[:40]!r} is not a whole number")
    return int(value)


def _require_scalar(item: h5py.HLObject, name: str) -> None:
    if name not in item.attrs:
        raise LayoutError(f"attribute {name[:40]!r} is missing")
    if item.attrs.get_id(name).shape != ():
        raise LayoutError(f"attribute {name[:40]!r} is not a single value")


def read_numbers(stored: h5py.Dataset) -> NDArray[np.float64]:
    """Return the numbers of a data set (n,), NaN where missing; infinity is refused."""
    values: NDArray[np.float64] = stored[:]
    if np.isinf(values).any():
        raise LayoutError(f"{stored.name[:60]!r} has an infinite number")
    return values
