"""Parts of a file that takes long to make."""

from __future__ import annotations

import glob
import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from lnmbench.store.checkpoints import Parts


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    parts = Parts.for_file(tmp_path / "cohort.h5")
    parts.write(3, "key", {"hu": np.arange(4), "mask": np.zeros(2)})
    return parts


def test_a_part_is_read_as_it_was_written(parts: Parts) -> None:
    arrays = parts.read(3, "key")
    assert arrays is not None
    assert set(arrays) == {"hu", "mask"}
    np.testing.assert_array_equal(arrays["hu"], np.arange(4))


def test_shapes_kinds_and_the_order_of_axes_are_kept(parts: Parts) -> None:
    written = {
        "transposed": np.arange(6).reshape(2, 3).T,
        "reversed": np.arange(4, dtype=np.int16)[::-1],
        "empty": np.empty((0, 8, 8), np.uint8),
        "scalar": np.array(0.1),
        "floats": np.array([[np.nan, -0.0]], np.float32),
    }
    parts.write(0, "key", written)
    arrays = parts.read(0, "key")
    assert arrays is not None
    for name, expected in written.items():
        assert arrays[name].dtype == expected.dtype
        np.testing.assert_array_equal(arrays[name], expected, strict=True)
        assert arrays[name].flags.writeable


def test_a_part_whose_content_is_no_array_is_ignored(parts: Parts) -> None:
    (path,) = parts.folder.iterdir()
    path.write_bytes(hashlib.sha256(b"no arrays").digest() + b"no arrays")
    assert parts.read(3, "key") is None


def test_absent_parts_and_parts_of_other_settings_are_ignored(parts: Parts) -> None:
    assert parts.read(4, "key") is None
    assert parts.read(3, "another key") is None


@pytest.mark.parametrize("size", [0, 10, 200])
def test_a_truncated_part_is_ignored(parts: Parts, size: int) -> None:
    (path,) = parts.folder.iterdir()
    path.write_bytes(path.read_bytes()[:size])
    assert parts.read(3, "key") is None


def test_all_parts_are_removed(parts: Parts) -> None:
    parts.remove()
    parts.remove()
    assert not parts.folder.exists()


def test_a_part_is_written_without_reading_its_folder(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def list_folder(*_: object) -> None:
        raise AssertionError("time that grows with the number of parts")

    for module in (os, glob):
        for name in {"listdir", "scandir", "glob", "iglob"} & set(vars(module)):
            monkeypatch.setattr(module, name, list_folder)
    monkeypatch.setattr(Path, "glob", list_folder)
    monkeypatch.setattr(Path, "iterdir", list_folder)
    parts.write(4, "key", {"hu": np.arange(4)})
    assert parts.read(4, "key") is not None
