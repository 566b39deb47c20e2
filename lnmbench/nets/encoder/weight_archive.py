"""Verification of a file of torch before torch allocates memory for its tensors.

The numbers in such a file are not bounded by its size: compressed or overlapping entries of the
archive, storages larger than their bytes, and tensors larger than their storage. torch believes
them. Here the pickle is read with records in place of tensors, without running code in it.
"""

from __future__ import annotations

import collections
import pickle
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, ClassVar

import torch

_ZIP = b"PK\x03\x04"
_PICKLES_BEFORE_TENSORS = 3  # magic number, version and system of the format before archives
_BEGIN = 0x1950A86A20F9469CFC6C
_MOST_PICKLE_BYTES = 1 << 26


class MalformedWeightsError(ValueError):
    """A file whose parts contradict each other."""


def verify_archive(path: Path) -> None:
    """Verify that no tensor of the file needs more memory than the file has bytes.

    Raises `MalformedWeightsError` if one does, `pickle.UnpicklingError` for objects that are no
    tensors, and other exceptions for a damaged file.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(len(_ZIP))
        is_zip = start == _ZIP
        if not is_zip and start[:1] != pickle.PROTO:
            raise MalformedWeightsError("not a file of torch")
        stream.seek(0)
        if is_zip:
            with zipfile.ZipFile(stream) as archive:
                _verify_zip(archive, size)
        else:
            _verify_stream(stream, size)


def _verify_zip(archive: zipfile.ZipFile, size: int) -> None:
    entries = {entry.filename: entry for entry in archive.infolist()}
    if any(name.endswith("/constants.pkl") for name in entries):
        raise MalformedWeightsError("a TorchScript archive")
    if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries.values()):
        raise MalformedWeightsError("a compressed archive, which torch does not write")
    if len(entries) < len(archive.infolist()):
        raise MalformedWeightsError("an archive with two entries of one name")
    if sum(entry.file_size for entry in entries.values()) > size:
        raise MalformedWeightsError("an archive whose entries are larger than the file")
    folders = {name.partition("/")[0] for name in entries}
    if len(folders) != 1:
        raise MalformedWeightsError("an archive that torch did not write")
    (folder,) = folders
    if entries[f"{folder}/data.pkl"].file_size > _MOST_PICKLE_BYTES:
        raise MalformedWeightsError("more names than a network has")
    with archive.open(f"{folder}/data.pkl") as stream:
        storages = _Reader(stream).read_storages()
    for key, storage in storages.items():
        entry = entries.get(f"{folder}/data/{key}")
        if entry is None or storage.bytes > entry.file_size:
            raise MalformedWeightsError(f"storage {key[:20]} is larger than its bytes")


def _verify_stream(stream: IO[bytes], size: int) -> None:
    for number in range(_PICKLES_BEFORE_TENSORS):
        value = _Reader(stream).load()
        if not number and value != _BEGIN:
            raise MalformedWeightsError("not a file of torch")
    storages = _Reader(stream).read_storages()
    if sum(storage.bytes for storage in storages.values()) > size:
        raise MalformedWeightsError("storages are larger than the file")


@dataclass(frozen=True, slots=True)
class _Storage:
    items: int
    item_bytes: int

    @property
    def bytes(self) -> int:
        return self.items * self.item_bytes


class _Record:
    """Object of a class that torch also accepts, without its content."""

    def __init__(self, *values: object) -> None: ...

    def __setstate__(self, state: object) -> None: ...


def _check_tensor(
    storage: object, offset: object, shape: object, strides: object, *rest: object
) -> _Record:
    """Raise `MalformedWeightsError` for a tensor that is not inside its storage."""
    if not (
        isinstance(storage, _Storage)
        and isinstance(offset, int)
        and isinstance(shape, tuple)
        and isinstance(strides, tuple)
        and len(shape) == len(strides)
        and all(type(number) is int and number >= 0 for number in (offset, *shape, *strides))
    ):
        raise MalformedWeightsError("a tensor without a valid shape")
    items = 1
    for length in shape:
        items *= min(length, storage.items + 1)
    last = offset + sum((n - 1) * step for n, step in zip(shape, strides, strict=True))
    if items and (items > storage.items or last >= storage.items):
        raise MalformedWeightsError("a tensor is larger than its storage")
    return _Record()


def _parameter(record: object, *rest: object) -> object:
    return record


def _check_keys(keys: Iterable[object]) -> None:
    # the hash of nested tuples may take time exponential in the size of the file
    if not all(isinstance(key, str | int | float | None) for key in keys):
        raise MalformedWeightsError("a dict whose keys are no names")


def _ordered_dict(pairs: Iterable[tuple[object, object]] = ()) -> dict[object, object]:
    pairs = list(pairs)
    _check_keys(key for key, _ in pairs)
    return collections.OrderedDict(pairs)


_Load = Callable[[pickle.Unpickler], None]

# opcodes that fill a dict, and the keys among the objects that they take
_KEYS_ON_STACK = {
    pickle.SETITEM: slice(-2, -1),
    pickle.SETITEMS: slice(None, None, 2),
    pickle.DICT: slice(None, None, 2),
}


def _with_key_check(load: _Load, keys: slice) -> _Load:
    def load_checked(reader: pickle.Unpickler) -> None:
        _check_keys(vars(reader)["stack"][keys])
        load(reader)

    return load_checked


_DTYPES = {
    "BoolStorage": torch.bool,
    "ByteStorage": torch.uint8,
    "CharStorage": torch.int8,
    "ShortStorage": torch.int16,
    "IntStorage": torch.int32,
    "LongStorage": torch.int64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "ComplexFloatStorage": torch.complex64,
    "ComplexDoubleStorage": torch.complex128,
    "UntypedStorage": torch.uint8,
}

_ACCEPTED: dict[tuple[str, str], Callable[..., object]] = {
    ("collections", "OrderedDict"): _ordered_dict,
    ("torch._utils", "_rebuild_tensor"): _check_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _check_tensor,
    ("torch._utils", "_rebuild_tensor_v3"): _check_tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch", "Size"): tuple,
    ("torch", "device"): _Record,
    ("builtins", "complex"): complex,
    ("__builtin__", "complex"): complex,
}


class _Reader(pickle._Unpickler):
    """Reader of a pickle of tensors that creates records of them.

    Its memo is a dict, unlike that of `pickle.Unpickler`, which a large number fills the memory.
    """

    def read_storages(self) -> dict[str, _Storage]:
        """Return the storages of the pickle by their keys."""
        self.storages: dict[str, _Storage] = {}
        self.load()
        return self.storages

    def find_class(self, module: str, name: str) -> object:
        """Return the stand-in of a class. Raises `pickle.UnpicklingError` for all others."""
        if (module, name) in _ACCEPTED:
            return _ACCEPTED[module, name]
        if module in ("torch", "torch.storage") and name in _DTYPES:
            return _DTYPES[name]
        if module == "torch" and isinstance(dtype := vars(torch).get(name), torch.dtype):
            return dtype
        raise pickle.UnpicklingError(f"weights_only: {module}.{name}")

    dispatch: ClassVar[dict[int, _Load]] = {
        **pickle._Unpickler.dispatch,
        **{
            opcode[0]: _with_key_check(pickle._Unpickler.dispatch[opcode[0]], keys)
            for opcode, keys in _KEYS_ON_STACK.items()
        },
    }

    def persistent_load(self, pid: tuple[object, ...]) -> _Storage:
        """Return the record of a storage."""
        kind, dtype, key, _, items, *_ = pid
        if kind != "storage" or not isinstance(dtype, torch.dtype):
            raise MalformedWeightsError("a storage of an unknown kind")
        if type(items) is not int or items < 0 or not isinstance(key, str):
            raise MalformedWeightsError("a storage without a valid size")
        storage = _Storage(items, dtype.itemsize)
        if self.storages.setdefault(key, storage) != storage:
            raise MalformedWeightsError(f"storage {key[:20]} has two sizes")
        return storage
