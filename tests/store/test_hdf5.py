"""HDF5 files that appear complete or not at all."""

from __future__ import annotations

import errno
import io
import signal
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.store import hdf5
from lnmbench.store.hdf5 import create_hdf5


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "new" / "cohort.h5"
    with create_hdf5(path) as file:
        file["numbers"] = np.arange(5)
        assert not path.exists()
    with h5py.File(path) as file:
        assert file["numbers"][:].tolist() == [0, 1, 2, 3, 4]
    assert [entry.name for entry in path.parent.iterdir()] == ["cohort.h5"]


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "cohort.h5"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError, match="stopped"), create_hdf5(path):
        raise RuntimeError("stopped")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["cohort.h5"]


def test_a_full_disk_is_one_line_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = io.FileIO.write

    class Full(io.FileIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if self.tell() > 4096:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(self, data)

    monkeypatch.setattr(hdf5, "_Stream", type("Limited", (hdf5._Stream, Full), {}))
    with (
        pytest.raises(UserError, match="no space left"),
        create_hdf5(tmp_path / "cohort.h5") as file,
    ):
        file["numbers"] = np.arange(100_000)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", [1, 3, 40, 41])
def test_ctrl_c_within_a_write_is_raised_after_it(
    write: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = 0

    class Interrupting(hdf5._Stream):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            nonlocal writes
            writes += 1
            if writes == write:
                signal.raise_signal(signal.SIGINT)
            return super().write(data)

    monkeypatch.setattr(hdf5, "_Stream", Interrupting)
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            _write_until_interrupted(tmp_path / "cohort.h5")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, handler)
    assert writes > write, "the write went on"
    assert list(tmp_path.iterdir()) == []


def _write_until_interrupted(path: Path) -> None:
    with create_hdf5(path) as file:
        slices = file.create_dataset("slices", (50, 64, 64), "<i2", chunks=(1, 64, 64))
        for number in range(50):
            slices[number] = 1
