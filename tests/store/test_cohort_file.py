from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import Card, Column, UserError
from lnmbench.records import Cohort, Preprocessing
from lnmbench.store.cohort_file import read_cohort, read_slices
from lnmbench.store.cohort_writer import writing_cohort

SIDE = Preprocessing(patch=8)
CARD = Card(
    title="t", license="l", source="s", citation="c", labels="x", notes=("n",), truth={"auc": 0.8}
)
COLUMNS = (
    Column(name="who", role="id"),
    Column(name="age/years", role="feature", unit="a"),
    Column(name="..", role="feature", kind="nominal", categories=("x", "y")),
    Column(
        name="pt", role="aux", kind="ordinal", label="pt", categories=("T1", "T2"), known="after"
    ),
)


def write(path: Path, *, hu: int = 40, age: float = 61.0, nan: float = math.nan) -> Cohort:
    with writing_cohort(path, SIDE, slices=5) as writer:
        writer.append(np.full((2, 8, 8), hu, np.int16), np.ones((2, 8, 8), np.uint8))
        writer.append(np.full((3, 8, 8), -7, np.int16), np.zeros((3, 8, 8), np.uint8))
        writer.finish(
            dataset="made",
            ids=["a", "b"],
            columns=COLUMNS,
            values={"who": ["a", "b"], "age/years": [age, nan], "..": [1.0, 0.0], "pt": [nan, 1.0]},
            card=CARD,
            software="test",
        )
    return read_cohort(path)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    cohort = write(tmp_path / "c.h5")
    assert (cohort.ids, cohort.columns, cohort.card) == (("a", "b"), COLUMNS, CARD)
    assert cohort.preprocessing == SIDE
    assert cohort.offsets.tolist() == [0, 2, 5]
    np.testing.assert_array_equal(cohort.values["age/years"], [61.0, np.nan])
    assert cohort.has_images
    assert cohort.find_column("pt") == COLUMNS[3]
    assert (read_slices(tmp_path / "c.h5", 1, 3)[:, 0, 0] == [40, -7]).all()


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
    first = write(tmp_path / "a.h5").fingerprint
    other_nan = np.frombuffer(np.uint64(0x7FF8000000000001).tobytes(), "<f8")[0]
    assert write(tmp_path / "b.h5").fingerprint == first
    assert write(tmp_path / "c.h5", nan=float(other_nan)).fingerprint == first
    assert write(tmp_path / "d.h5", hu=41).fingerprint != first
    assert write(tmp_path / "e.h5", age=62.0).fingerprint != first


def test_a_file_that_is_not_a_cohort_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    with pytest.raises(UserError, match="no such cohort file"):
        read_cohort(path)
    path.write_bytes(b"not HDF5")
    with pytest.raises(UserError, match="cannot read the cohort file"):
        read_cohort(path)
    with h5py.File(path, "w") as file:
        file.attrs["format"] = 99
    with pytest.raises(UserError, match="unsupported cohort file format"):
        read_cohort(path)


def test_a_damaged_slice_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "c.h5"
    write(path, hu=12345)
    with h5py.File(path) as file:
        where = file["slices"].id.get_offset()
    raw = bytearray(path.read_bytes())
    raw[where + 3] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(UserError, match="cannot read the cohort file"):
        read_slices(path, 0, 1)
