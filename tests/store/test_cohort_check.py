"""Damage of a cohort file is detected, with the case."""

from __future__ import annotations

import math
from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import Card, Column, UserError
from lnmbench.records import Preprocessing
from lnmbench.store.cohort_check import check_cohort
from lnmbench.store.cohort_file import read_cohort, read_masks, read_slices, writing_cohort

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")
COLUMNS = (
    Column(name="who", role="id"),
    Column(name="age", role="feature"),
    Column(name="n1", role="target", kind="binary", label="n1", categories=("0", "1")),
)
IDS = tuple(f"case-{number}" for number in range(8))


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    path = tmp_path / "c.h5"
    random = np.random.default_rng(3)
    total = sum(number % 3 + 1 for number in range(len(IDS)))
    with writing_cohort(path, Preprocessing(patch=16), slices=total) as writer:
        for number in range(len(IDS)):
            shape = (number % 3 + 1, 16, 16)
            masks = (random.random(shape) < 0.3).astype(np.uint8)
            writer.append(random.integers(-1000, 400, shape, dtype=np.int16), masks)
        writer.finish(
            dataset="made",
            ids=IDS,
            columns=COLUMNS,
            values={
                "who": IDS,
                "age": [math.nan, *range(50, 57)],
                "n1": [float(number % 2) for number in range(8)],
            },
            card=CARD,
            software="test",
        )
    return path


def test_a_whole_file_has_no_damage(cohort: Path) -> None:
    assert check_cohort(cohort).sentences == ()


@pytest.mark.parametrize("what", ["slices", "masks"])
def test_the_damaged_case_is_named(cohort: Path, what: str) -> None:
    with h5py.File(cohort) as file:  # the first slice of the second case
        stored = file[what].id
        where = (
            stored.get_offset() + 16 * 16 * 2
            if what == "slices"
            else stored.get_chunk_info(1).byte_offset
        )
    raw = bytearray(cohort.read_bytes())
    raw[where + 5] ^= 0x10
    cohort.write_bytes(bytes(raw))
    assert check_cohort(cohort).sentences == ("the images of case 'case-1' are damaged",)


def test_a_changed_id_and_a_changed_card_are_reported(cohort: Path) -> None:
    with h5py.File(cohort, "r+") as file:
        file["cases/id"][2] = "case-7"
    assert "fingerprint differs" in check_cohort(cohort).sentences[0]
    with h5py.File(cohort, "r+") as file:
        file["cases/id"][2] = "case-2"
        file.attrs["card"] = str(file.attrs["card"]).replace('"l"', '"CC0"')
    assert "card" in check_cohort(cohort).sentences[0]


def test_a_cut_file_is_damaged_and_a_missing_one_is_an_error(cohort: Path) -> None:
    cohort.write_bytes(cohort.read_bytes()[:4000])
    assert "cannot read the cohort file" in check_cohort(cohort).sentences[0]
    with pytest.raises(UserError, match="no such cohort file"):
        check_cohort(cohort.with_name("none.h5"))


def test_a_file_that_passes_reads_as_it_was_written(cohort: Path) -> None:
    """Bytes are flipped all over the file: what is not noticed must not matter."""
    whole = cohort.read_bytes()
    first = read_cohort(cohort)
    total = int(first.offsets[-1])
    slices, masks = read_slices(cohort, 0, total), read_masks(cohort, 0, total)
    random = np.random.default_rng(11)
    noticed = 0
    for place in random.integers(0, len(whole), 150).tolist():
        raw = bytearray(whole)
        raw[place] ^= 1 << int(random.integers(8))
        cohort.write_bytes(bytes(raw))
        if check_cohort(cohort).sentences:
            noticed += 1
            continue
        again = read_cohort(cohort)
        assert (again.ids, again.columns, again.card) == (first.ids, first.columns, first.card)
        assert again.fingerprint == first.fingerprint
        np.testing.assert_array_equal(again.values["age"], first.values["age"])
        np.testing.assert_array_equal(read_slices(cohort, 0, total), slices)
        np.testing.assert_array_equal(read_masks(cohort, 0, total), masks)
    assert noticed > 30
