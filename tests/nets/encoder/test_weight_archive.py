"""Files of torch whose numbers lie, or that need more memory than they have bytes."""

from __future__ import annotations

import collections
import io
import pickle
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from lnmbench import UserError
from lnmbench.nets.encoder.weight_archive import verify_archive
from lnmbench.nets.encoder.weight_files import read_weights

STORAGE = torch.FloatStorage


class Storage:
    """Storage of a file, as torch writes a reference to it."""

    def __init__(self, items: object, key: object = "0") -> None:
        self.reference = ("storage", STORAGE, key, "cpu", items)


class Rebuilt:
    """Tensor of a storage, as torch writes it."""

    def __init__(self, storage: Storage, offset: object, shape: object, strides: object) -> None:
        empty: dict[str, object] = collections.OrderedDict()
        self.arguments = (storage, offset, shape, strides, False, empty)

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return torch._utils._rebuild_tensor_v2, self.arguments


class Pickler(pickle.Pickler):
    def persistent_id(self, value: object) -> object:
        return value.reference if isinstance(value, Storage) else None


def write(path: Path, state: object, data: bytes = bytes(40), **options: int) -> None:
    stream = io.BytesIO()
    Pickler(stream, 2).dump(state)
    with zipfile.ZipFile(path, "w", **options) as archive:  # type: ignore[arg-type]
        archive.writestr("w/data.pkl", stream.getvalue())
        archive.writestr("w/version", "3")
        archive.writestr("w/data/0", data)


def tensor(items: object, offset: object, shape: object, strides: object) -> Callable[[Path], None]:
    state = {"w": Rebuilt(Storage(items), offset, shape, strides)}
    return lambda path: write(path, state)


def nested_key(path: Path) -> None:
    key: tuple[object, ...] = ()
    for _ in range(100):
        key = (key, key)
    # nobody can write such a dict: its hash would have to be computed
    stream = io.BytesIO()
    pickle._Pickler(stream, 2).save(key)  # type: ignore[attr-defined]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w/data.pkl", b"\x80\x02}" + stream.getvalue() + b"K\x01s.")


def large_memo(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w/data.pkl", b"\x80\x02}r" + struct.pack("<I", 2**32 - 1) + b".")
        archive.writestr("w/version", "3")


def old_format(path: Path) -> None:
    """The format before archives, with a storage of four terabytes."""
    with path.open("wb") as stream:
        for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
            pickle.dump(value, stream, 2)
        Pickler(stream, 2).dump({"w": Rebuilt(Storage(10**12), 0, (1,), (1,))})
        pickle.dump(["0"], stream, 2)


def bomb(path: Path) -> None:
    state = {"w": Rebuilt(Storage(10**7), 0, (10**7,), (1,))}
    write(path, state, bytes(4 * 10**7), compression=zipfile.ZIP_DEFLATED)


def two_entries(path: Path) -> None:
    tensor(10, 0, (10,), (1,))(path)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("w/data/0", bytes(40))


def overlapping(path: Path) -> None:
    """Two entries of the archive's list have the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("w/data.pkl", pickle.dumps({}, 2))
        archive.writestr("w/data/0", bytes(4000))
        for number in range(1, 9):
            entry = zipfile.ZipInfo(f"w/data/{number}")
            first = archive.getinfo("w/data/0")
            entry.file_size = entry.compress_size = first.file_size
            entry.CRC, entry.header_offset = first.CRC, first.header_offset
            archive.filelist.append(entry)


def nothing_of_torch(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a/b.pkl", b"")
        archive.writestr("inner.zip", b"PK")


FAULTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "a compressed archive": (bomb, "a compressed archive"),
    "overlapping entries": (overlapping, "entries are larger than the file"),
    "two entries of one name": (two_entries, "two entries of one name"),
    "another archive": (nothing_of_torch, "torch did not write"),
    "a storage larger than its bytes": (tensor(10**9, 0, (1,), (1,)), "larger than its bytes"),
    "a negative storage": (tensor(-1, 0, (1,), (1,)), "without a valid size"),
    "a huge stride": (tensor(10, 0, (2,), (16 * 10**9,)), "larger than its storage"),
    "a huge offset": (tensor(10, 10**10, (2,), (1,)), "larger than its storage"),
    "a huge shape": (tensor(10, 0, (10**12,), (1,)), "larger than its storage"),
    "a shape that is repeated": (tensor(10, 0, (10**6, 10**6), (0, 0)), "larger than its storage"),
    "a negative shape": (tensor(10, 0, (-1, -1), (1, 1)), "without a valid shape"),
    "a negative stride": (tensor(10, 5, (2,), (-1,)), "without a valid shape"),
    "a shape that is a text": (tensor(10, 0, "ab", "ab"), "without a valid shape"),
    "a key that takes for ever": (nested_key, "keys are no names"),
    "a memo of billions": (large_memo, "an empty dict"),
    "a storage of the old format": (old_format, "storages are larger than the file"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_lies_is_one_line(fault: str, tmp_path: Path) -> None:
    create, expected = FAULTS[fault]
    path = tmp_path / "w.pth"
    create(path)
    with pytest.raises(UserError, match=rf"weights of net cannot be read.*{expected}"):
        read_weights(path, what="net")


@pytest.mark.parametrize("is_zip", [True, False])
def test_what_torch_writes_is_accepted(is_zip: bool, tmp_path: Path) -> None:
    """Views, shared and empty tensors, all types, a parameter, settings of a trainer."""
    shared = torch.arange(12.0)
    types = (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.uint8, torch.bool)
    state: dict[str, Tensor] = {
        "a": shared,
        "b": shared[2:8].view(2, 3).T,
        "c": torch.zeros(0, 5),
        "d": torch.ones(()),
        "e": nn.Parameter(torch.ones(3)),
        **{str(dtype): torch.ones(2, dtype=dtype) for dtype in types},
    }
    path = tmp_path / "w.pth"
    content = {"state_dict": state, "epoch": 3, "optimizer": {0: [1.0, None, True]}}
    torch.save(content, path, _use_new_zipfile_serialization=is_zip)
    verify_archive(path)
    loaded = read_weights(path, what="net")
    assert loaded.keys() == state.keys()
    assert all(torch.equal(loaded[name], state[name]) for name in state)
