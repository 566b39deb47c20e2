"""Damage of a cohort file is detected, with the case."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.store.cohort_check import check_cohort
from lnmbench.store.cohort_file import read_cohort, read_masks, read_slices


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
        file["cases/id"][2] = "case-9"
    assert "its ids, its table or its checksums" in check_cohort(cohort).sentences[0]
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
