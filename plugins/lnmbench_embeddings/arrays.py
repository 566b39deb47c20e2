"""Features in files of arrays: npz and HDF5."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lnmbench import UserError
from lnmbench.errors import reading
from lnmbench_embeddings.rows import MOST_NUMBERS, FeatureRows, read_numbers, require_size

if TYPE_CHECKING:
    import h5py
    from numpy.typing import NDArray

IDS, FEATURES, SLICES = "ids", "features", "slices"
_DAMAGE = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)
_BYTES_OF_NUMBER = 8
_LONGEST_ID = 1000


def read_npz(path: Path) -> FeatureRows:
    """Return the rows of arrays `ids`, `features` and `slices`, or of one array for each case.

    Raises `UserError` for another content; nothing is unpickled.
    """
    with reading(path):
        path.open("rb").close()
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > MOST_NUMBERS * _BYTES_OF_NUMBER:
            raise UserError(f"too many features in {path.name}", got=f"{size / 1e9:.0f} GB")
        with np.load(path, allow_pickle=False) as arrays:
            return _collect_rows(arrays.files, lambda name: _read_array(arrays, name), path.name)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error


def read_hdf5(path: Path) -> FeatureRows:
    """Return the rows of datasets `ids`, `features` and `slices`, or of one for each case.

    Raises `UserError` for another content, and for links to other files.
    """
    import h5py

    with reading(path):
        path.open("rb").close()
    try:
        with h5py.File(path, "r") as file:
            names = [name for name in file if _is_dataset(file, name)]
            return _collect_rows(names, lambda name: _read_dataset(file, name), path.name)
    except _DAMAGE as error:
        raise _unreadable(path, error) from error


def _collect_rows(
    names: Sequence[str], read: Callable[[str], NDArray[np.generic]], file: str
) -> FeatureRows:
    if FEATURES in names or IDS in names:
        unknown = sorted(set(names) - {IDS, FEATURES, SLICES})
        if not {IDS, FEATURES} <= set(names) or unknown:
            raise UserError(
                f"wrong arrays in {file}",
                expected=f"{IDS}, {FEATURES} and, for slices, {SLICES}",
                got=f"{len(names)} arrays",
                then="or save one array for each case, named by its id",
            )
        features = read_numbers(read(FEATURES), f"{file}, array {FEATURES}")
        ids = _read_ids(read(IDS), file)
        if len(ids) != len(features):
            raise UserError(
                f"{file} has another number of ids than rows of features",
                expected=str(len(features)),
                got=str(len(ids)),
            )
        slices = _read_slices(read(SLICES), file) if SLICES in names else None
        return FeatureRows(ids=ids, features=features, slices=slices)
    if not names:
        raise UserError(f"{file} has no arrays", expected=f"{IDS} and {FEATURES}")
    return _stack_cases(names, map(read, names), file)


def _stack_cases(
    names: Sequence[str], arrays: Iterable[NDArray[np.generic]], file: str
) -> FeatureRows:
    """Return the rows of arrays (D,) or (slices, D) of the cases."""
    parts = [
        read_numbers(array[None] if array.ndim == 1 else array, f"{file}, array of a case")
        for array in arrays
    ]
    widths = {part.shape[1] for part in parts}
    if len(widths) > 1:
        raise UserError(
            f"cases of {file} have different numbers of features",
            got=f"{min(widths)} to {max(widths)}",
        )
    require_size((sum(map(len, parts)), *widths), file)
    ids = tuple(name.strip() for name, part in zip(names, parts, strict=True) for _ in part)
    return FeatureRows(ids=ids, features=np.concatenate(parts))


def _read_array(arrays: np.lib.npyio.NpzFile, name: str) -> NDArray[np.generic]:
    try:
        array: NDArray[np.generic] = arrays[name]
    except ValueError as error:
        if "allow_pickle" not in str(error):
            raise
        raise UserError(
            "an array of the npz file holds Python objects, which are not read",
            then="save ids as text, e.g. ids=np.array(ids, dtype=str)",
        ) from error
    return array


def _is_dataset(file: h5py.File, name: str) -> bool:
    import h5py

    link = file.get(name, getlink=True)
    return isinstance(link, h5py.HardLink) and isinstance(file[name], h5py.Dataset)


def _read_dataset(file: h5py.File, name: str) -> NDArray[np.generic]:
    import h5py

    stored = file[name]
    if stored.external or stored.is_virtual or stored.shape is None:
        raise UserError("a dataset of the HDF5 file is stored elsewhere, or is empty")
    require_size(stored.shape, "a dataset of the HDF5 file")
    text: NDArray[np.generic]
    if h5py.check_string_dtype(stored.dtype) is not None:
        text = np.array(stored.asstr("utf-8", errors="replace")[...], dtype=str)
        return text
    text = stored[...]
    return text


def _read_ids(ids: NDArray[np.generic], file: str) -> tuple[str, ...]:
    if ids.ndim != 1 or ids.dtype.kind not in "USiu" or ids.dtype.itemsize > 4 * _LONGEST_ID:
        raise UserError(
            f"wrong ids in {file}",
            expected="texts or whole numbers, (rows,)",
            got=f"{ids.dtype} of shape {ids.shape}",
        )
    texts = ids.tolist()
    return tuple(
        (each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each)).strip()
        for each in texts
    )


def _read_slices(slices: NDArray[np.generic], file: str) -> NDArray[np.float64]:
    if slices.ndim != 1 or slices.dtype.kind not in "iuf":
        raise UserError(f"wrong numbers of slices in {file}", expected="numbers, (rows,)")
    return slices.astype(np.float64)


def _unreadable(path: Path, error: Exception) -> UserError:
    return UserError(
        f"cannot read features from {path.name}",
        expected="a complete file of its kind",
        got=type(error).__name__,
        then="write the file again",
    )
