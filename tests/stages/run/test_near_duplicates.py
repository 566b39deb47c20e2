"""Images that patients share are found, others are not taken for shared."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from lnmbench import Card, Column, UserError
from lnmbench.records import Cohort, ImagePair, Preprocessing
from lnmbench.stages.run.near_duplicates import (
    MOST,
    SIMILAR,
    find_near_duplicates,
    small_copy,
)
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_writer import writing_cohort

SIDE = 96
CARD = Card(title="t", license="l", source="s", citation="c", labels="x")
ID = Column(name="id", role="id")
RNG = np.random.default_rng(0)
ANATOMY = 400 * gaussian_filter(RNG.normal(0, 8, (SIDE, SIDE)), 8)

Slices = NDArray[np.int16]


def chest(seed: int) -> Slices:
    """Three slices of one patient: the anatomy that all share, and what is the patient's own."""
    own = gaussian_filter(np.random.default_rng(seed).normal(0, 1200, (3, SIDE, SIDE)), (0, 2, 2))
    return np.asarray(ANATOMY + own, dtype=np.int16)


def cohort(path: Path, cases: Sequence[Slices]) -> Cohort:
    total = sum(map(len, cases))
    with writing_cohort(path, Preprocessing(patch=cases[0].shape[1]), slices=total) as writer:
        for slices in cases:
            writer.append(slices, np.ones(slices.shape, np.uint8))
        ids = [f"c{number}" for number in range(len(cases))]
        writer.finish(
            dataset="made", ids=ids, columns=[ID], values={"id": ids}, card=CARD, software="test"
        )
    return read_cohort(path)


def find_pairs(
    path: Path, *cases: Slices, patients: Sequence[int] | None = None
) -> tuple[ImagePair, ...]:
    numbers = np.arange(len(cases)) if patients is None else np.asarray(patients)
    pairs = find_near_duplicates(cohort(path, cases), path, np.arange(len(cases)), numbers)
    assert pairs is not None
    return pairs


def couples(found: Sequence[ImagePair]) -> list[tuple[int, int]]:
    return [(one.case_a, one.case_b) for one in found]


def test_patients_who_share_an_anatomy_share_no_image(tmp_path: Path) -> None:
    assert find_pairs(tmp_path / "c.h5", *map(chest, range(20))) == ()


@pytest.mark.parametrize("change", ["none", "brighter", "contrast", "noise"])
def test_a_copy_is_found_however_it_looks(tmp_path: Path, change: str) -> None:
    changed = {
        "none": chest(2),
        "brighter": chest(2) + 137,
        "contrast": chest(2) * 1.1,
        "noise": chest(2) + RNG.normal(0, 5, (3, SIDE, SIDE)),
    }[change]
    found = find_pairs(
        tmp_path / "c.h5", *map(chest, range(6)), np.asarray(changed, dtype=np.int16)
    )
    assert couples(found) == [(2, 6)]
    assert found[0].similarity == pytest.approx(1.0, abs=0.03)


def test_cases_of_one_patient_may_share_an_image(tmp_path: Path) -> None:
    cases = [chest(0), chest(0), chest(1)]
    assert find_pairs(tmp_path / "a.h5", *cases, patients=[4, 4, 5]) == ()
    assert couples(find_pairs(tmp_path / "b.h5", *cases, patients=[4, 5, 6])) == [(0, 1)]


def test_cases_are_numbered_as_in_the_plan(tmp_path: Path) -> None:
    made = cohort(tmp_path / "c.h5", [chest(0), chest(1), chest(2), chest(1), chest(4)])
    found = find_near_duplicates(made, tmp_path / "c.h5", np.array([3, 4, 1]), np.array([0, 1, 2]))
    assert found is not None
    assert couples(found) == [(0, 2)]


def test_all_pairs_are_found_that_a_comparison_of_all_with_all_finds(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    low, high = chest(0)[1:2], chest(1)[1:2]
    # differences of blends lie in the first axis of the projection
    cases = [low + share * (high - low) for share in random.random(60)]
    cases += [chest(seed)[1:2] + random.normal(0, 20, low.shape) for seed in [*range(2, 40)] * 2]
    cases += [np.full(low.shape, hu) for hu in (0, 0, 40)]
    slices = [np.asarray(case, dtype=np.int16) for case in cases]
    patients = random.integers(0, 100, len(slices))
    copies = np.stack([small_copy(image[0]) for image in slices])
    similar = copies.astype(np.float64) @ copies.T
    expected = {
        (a, b): similar[a, b]
        for a, b in zip(*np.nonzero(np.triu(similar >= SIMILAR, k=1)), strict=True)
        if patients[a] != patients[b]
    }
    found = find_pairs(tmp_path / "c.h5", *slices, patients=patients.tolist())
    assert 100 < len(expected) < MOST
    assert set(couples(found)) == set(expected)
    assert [one.similarity for one in found] == pytest.approx(
        sorted(expected.values(), reverse=True), abs=1e-6
    )


def test_slices_that_are_the_same_all_over_are_alike(tmp_path: Path) -> None:
    blank, bright = np.full((1, SIDE, SIDE), -1024, np.int16), np.full((2, SIDE, SIDE), 9, np.int16)
    assert couples(find_pairs(tmp_path / "c.h5", chest(0), blank, chest(1), bright)) == [(1, 3)]


def test_the_closest_pairs_are_kept_where_there_are_very_many(tmp_path: Path) -> None:
    noisy = np.asarray(chest(0) + RNG.normal(0, 5, (3, SIDE, SIDE)), dtype=np.int16)
    found = find_pairs(tmp_path / "c.h5", noisy, *[chest(0)] * 50)
    assert len(found) == MOST
    assert found[0].similarity >= found[-1].similarity
    assert all(one.case_a > 0 for one in found)


def test_patches_smaller_than_the_copy_are_compared(tmp_path: Path) -> None:
    small = [chest(seed)[:, :10, :10] for seed in (0, 1, 0)]
    assert couples(find_pairs(tmp_path / "c.h5", *small)) == [(0, 2)]


def test_without_images_nothing_is_compared(tmp_path: Path) -> None:
    none = np.zeros((0, SIDE, SIDE), np.int16)
    made = cohort(tmp_path / "c.h5", [none, none])
    assert find_near_duplicates(made, tmp_path / "c.h5", np.arange(2), np.arange(2)) is None


def test_a_file_that_is_gone_is_one_line(tmp_path: Path) -> None:
    made = cohort(tmp_path / "c.h5", [chest(0), chest(1)])
    (tmp_path / "c.h5").unlink()
    with pytest.raises(UserError, match="no such cohort file"):
        find_near_duplicates(made, tmp_path / "c.h5", np.arange(2), np.arange(2))


def test_cases_without_images_are_not_compared(tmp_path: Path) -> None:
    empty = chest(0)[:0]
    slices = [empty, chest(1), chest(2), empty, chest(1)]
    made, path = cohort(tmp_path / "c.h5", slices), tmp_path / "c.h5"
    pairs = find_near_duplicates(made, path, np.arange(5), np.arange(5))
    assert pairs is not None
    assert [(pair.case_a, pair.case_b) for pair in pairs] == [(1, 4)]
    assert find_near_duplicates(made, path, np.array([0, 3]), np.arange(2)) is None
