"""Data sets are read only if their bytes are in the file."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench.store import hdf5_checks
from lnmbench.store.hdf5_checks import (
    LayoutError,
    read_number_attribute,
    read_text_attribute,
    read_texts,
    require_dataset,
    require_members,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with h5py.File(tmp_path / "f.h5", "w") as file:
        file["numbers"] = np.arange(6.0).reshape(2, 3)
        file.create_dataset("text", data=["a", "bc"], dtype=h5py.string_dtype())
        file.attrs["word"], file.attrs["count"], file.attrs["many"] = "w", 3, [1, 2]
    return tmp_path / "f.h5"


def test_sound_parts_are_read(path: Path) -> None:
    with h5py.File(path) as file:
        require_members(file, ("numbers", "text"), "the file")
        assert require_dataset(file, "numbers", dtype="<f8", shape=(None, 3)).shape == (2, 3)
        assert read_texts(require_dataset(file, "text", dtype=None, shape=(2,))) == ["a", "bc"]
        assert read_text_attribute(file, "word") == "w"
        assert read_number_attribute(file, "count") == 3


@pytest.mark.parametrize(
    ("name", "dtype", "shape"),
    [
        ("numbers", "<f4", (2, 3)),
        ("numbers", "<f8", (3, 2)),
        ("numbers", "<f8", (6,)),
        ("numbers", None, (2, 3)),
        ("text", "<f8", (2,)),
        ("none", "<f8", (2,)),
    ],
)
def test_other_types_and_shapes_are_refused(
    path: Path, name: str, dtype: str | None, shape: tuple[int, ...]
) -> None:
    with h5py.File(path) as file, pytest.raises(LayoutError):
        require_dataset(file, name, dtype=dtype, shape=shape)


def test_many_references_to_a_long_text_are_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hdf5_checks, "LARGEST_TEXTS_BYTES", 2)
    with h5py.File(path) as file, pytest.raises(LayoutError, match="too long"):
        read_texts(file["text"])


@pytest.mark.parametrize("name", ["count", "many", "none"])
def test_other_attributes_are_no_text(path: Path, name: str) -> None:
    with h5py.File(path) as file, pytest.raises(LayoutError):
        read_text_attribute(file, name)
