from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench.records import NativeBox
from lnmbench.store.box_table import BoxWriter, box_bytes, read_box, read_box_table
from lnmbench.store.hdf5_checks import LayoutError


def make_box(seed: int) -> NativeBox:
    random = np.random.default_rng(seed)
    shape = (3 + seed, 10, 12)
    return NativeBox(
        hu=random.integers(-1000, 400, shape, dtype=np.int16),
        mask=(random.random(shape) < 0.3).astype(np.uint8),
        spacing_mm=(0.7, 0.75, 1.0 + seed),
        center=(5.5, 4.0, 1.25),
    )


@pytest.fixture
def file(tmp_path: Path) -> h5py.File:
    with h5py.File(tmp_path / "b.h5", "w") as file:
        writer = BoxWriter(file)
        for box in (make_box(0), None, make_box(2)):
            writer.append(box)
        writer.finish()
        yield file


def test_boxes_are_read_as_they_were_written(file: h5py.File) -> None:
    table = read_box_table(file, 3)
    assert table.shape.tolist() == [[3, 10, 12], [0, 0, 0], [5, 10, 12]]
    assert math.isnan(table.center[1, 0])
    for case in (0, 2):
        box, expected = read_box(file, case), make_box(case)
        assert box is not None
        np.testing.assert_array_equal(box.hu, expected.hu)
        np.testing.assert_array_equal(box.mask, expected.mask)
        assert (box.spacing_mm, box.center) == (expected.spacing_mm, expected.center)
    assert read_box(file, 1) is None
    assert 0 < box_bytes(file) < (3 + 5) * 120 * 3


def test_a_changed_voxel_is_noticed(file: h5py.File) -> None:
    voxels = file["native/hu/2"]
    voxels[0, 0, 0] += 1
    with pytest.raises(OSError, match="checksum mismatch in native box 2"):
        read_box(file, 2)
    file["native/mask/0"][1, 1] ^= 1
    with pytest.raises(OSError, match="native box 0"):
        read_box(file, 0)


def test_other_layouts_are_refused(file: h5py.File) -> None:
    with pytest.raises(LayoutError, match="shape"):
        read_box_table(file, 4)
    shape = file["native/shape"][:]
    file["native/shape"][0] = (5000, 1, 1)
    with pytest.raises(LayoutError, match="wrong geometry"):
        read_box_table(file, 3)
    file["native/shape"][...] = shape
    file["native/center"][0, 0] = math.inf
    with pytest.raises(LayoutError, match="wrong geometry"):
        read_box_table(file, 3)
    file["native/center"][0, 0] = 1.0
    del file["native/mask/0"]
    with pytest.raises(LayoutError, match="group of mask lacks '0'"):
        read_box_table(file, 3)
