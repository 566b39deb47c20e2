from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import Card, Column, UserError
from lnmbench.records import NativeBox, Preprocessing
from lnmbench.store.cohort_boxes import read_box, read_box_bytes
from lnmbench.store.cohort_check import check_cohort
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_writer import writing_cohort

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")


def make_box(number: int) -> NativeBox:
    random = np.random.default_rng(number)
    return NativeBox(
        hu=random.integers(-1000, 400, (4, 9, 9), dtype=np.int16),
        mask=np.ones((4, 9, 9), np.uint8),
        spacing_mm=(0.7, 0.7, 1.0),
        center=(4.0, 4.0, 1.5),
    )


def write(path: Path, *boxes: NativeBox | None, native_mm: float = 30.0) -> Path:
    preprocessing = Preprocessing(patch=16, native_mm=native_mm)
    with writing_cohort(path, preprocessing, slices=len(boxes)) as writer:
        for box in boxes:
            images = np.zeros((1, 16, 16), np.int16)
            writer.append(images, images.astype(np.uint8), box=box)
        writer.finish(
            dataset="made",
            ids=[f"case-{number}" for number in range(len(boxes))],
            columns=(Column(name="age", role="feature"),),
            values={"age": [50.0] * len(boxes)},
            card=CARD,
            software="test",
        )
    return path


def test_a_cohort_with_boxes(tmp_path: Path) -> None:
    path = write(tmp_path / "c.h5", make_box(0), make_box(1))
    assert read_cohort(path).preprocessing.native_mm == 30.0
    box = read_box(path, 1)
    assert box is not None
    np.testing.assert_array_equal(box.hu, make_box(1).hu)
    assert read_box_bytes(path) > 0
    assert check_cohort(path).sentences == ()


def test_the_fingerprint_depends_on_the_boxes(tmp_path: Path) -> None:
    first = read_cohort(write(tmp_path / "a.h5", make_box(0), make_box(1))).fingerprint
    moved = replace(make_box(1), center=(4.0, 4.0, 2.5))
    others = [
        write(tmp_path / "b.h5", make_box(0), make_box(2)),
        write(tmp_path / "c.h5", make_box(0), moved),
        write(tmp_path / "d.h5", make_box(0), None),
        write(tmp_path / "e.h5", make_box(0), make_box(1), native_mm=0.0),
    ]
    assert first == read_cohort(write(tmp_path / "f.h5", make_box(0), make_box(1))).fingerprint
    assert len({first, *(read_cohort(path).fingerprint for path in others)}) == 5
    assert read_box_bytes(others[-1]) == 0


def test_damaged_boxes_are_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "c.h5", make_box(0), make_box(1))
    with h5py.File(path, "r+") as file:
        file["native/hu/1"][0, 0, 0] += 1
    with pytest.raises(UserError, match="checksum mismatch in native box 1; delete it to rebuild"):
        read_box(path, 1)
    assert check_cohort(path).sentences == ("the images of case 'case-1' are damaged",)
    with h5py.File(path, "r+") as file:
        file["native/center"][0, 0] = 3.0
    assert "its ids, its table or its checksums" in check_cohort(path).sentences[-1]
