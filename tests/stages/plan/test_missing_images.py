"""Cases without images are refused unless the protocol masks their images or excludes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.records import Plan, Profile, Protocol
from lnmbench.stages.plan.missing_images import (
    count_images,
    describe_missing_images,
    find_usable_cases,
    offers_images,
    refuse_folds_without_images,
    refuse_missing_images,
)
from lnmbench.store.serialization import pack, unpack

REFUSE = Protocol(repeats=2, folds=3, inner=2)
MASK = replace(REFUSE, missing_images="mask")
EXCLUDE = replace(REFUSE, missing_images="exclude")
CASES = np.arange(30)


@pytest.fixture
def tables(make_cohort: Callable[..., Cohort]) -> Cohort:
    """A cohort without any image."""
    return make_cohort(30)


@pytest.fixture
def some(tables: Cohort) -> Cohort:
    """The cohort, with two slices of each case but every fifth."""
    return replace(tables, offsets=np.concatenate([[0], np.cumsum(2 * (CASES % 5 > 0))]))


@pytest.fixture
def full(tables: Cohort) -> Cohort:
    """The cohort, with a slice of each case."""
    return replace(tables, offsets=np.arange(31))


def test_networks_with_images_need_those_of_all_cases_or_the_mask(
    tables: Cohort, some: Cohort, full: Cohort
) -> None:
    protocols = (REFUSE, MASK, EXCLUDE)
    offered = [[offers_images(c, p) for c in (tables, some, full)] for p in protocols]
    assert offered == [[False, False, True], [False, True, True], [False, True, True]]
    for cohort in (some, full):
        refuse_missing_images(cohort, "the encoder e", MASK, then="omit it")
        refuse_missing_images(cohort, "the encoder e", EXCLUDE, then="omit it")
    refuse_missing_images(full, "the encoder e", REFUSE, then="omit it")
    expected = "^6 of 30 cases of cohort made have no images for the encoder e; add "
    mask_or_exclude = "--missing-images mask to .* or exclude to leave them out, or omit it$"
    with pytest.raises(UserError, match=f"{expected}{mask_or_exclude}"):
        refuse_missing_images(some, "the encoder e", REFUSE, then="omit it")
    for protocol in (REFUSE, MASK):
        with pytest.raises(UserError, match="^cohort made has no images for the encoder e; omit"):
            refuse_missing_images(tables, "the encoder e", protocol, then="omit it")


def test_the_plan_states_the_number_of_cases_without_images(
    tables: Cohort, some: Cohort, full: Cohort
) -> None:
    assert describe_missing_images(some, CASES, REFUSE) == []
    assert describe_missing_images(tables, CASES, MASK) == []
    assert describe_missing_images(some, CASES[:10], MASK) == [
        "2 of 10 cases have no images; networks with images predict them without"
    ]
    (note,) = describe_missing_images(full, CASES, MASK)
    assert note == "missing_images=mask has no effect: all 30 cases have images"
    (note,) = describe_missing_images(some, CASES[some.case_has_images], EXCLUDE)
    assert note == "6 of 30 cases left out: no images"
    (note,) = describe_missing_images(full, CASES, EXCLUDE)
    assert note == "missing_images=exclude has no effect: all 30 cases have images"


def test_excluded_cases_are_not_usable(tables: Cohort, some: Cohort) -> None:
    for protocol in (REFUSE, MASK):
        assert find_usable_cases(some, protocol).all()
    assert np.flatnonzero(~find_usable_cases(some, EXCLUDE)).tolist() == [0, 5, 10, 15, 20, 25]
    with pytest.raises(UserError, match=r"no case of cohort made has images.*omit --missing-im"):
        find_usable_cases(tables, EXCLUDE)


def test_labeled_cases_with_and_without_images_are_counted(
    tables: Cohort, some: Cohort, full: Cohort
) -> None:
    labels = np.where(CASES == 5, np.nan, CASES % 2)
    masked = count_images(some, labels, MASK)
    assert masked is not None
    assert (masked.with_images, masked.positives_with_images) == (24, 12)
    assert (masked.without_images, masked.positives_without_images) == (5, 2)
    assert masked.masked == (0, 9, 14, 19, 24)  # among the labeled cases
    assert count_images(some, labels, EXCLUDE) == replace(masked, masked=(), left_out=True)
    assert count_images(some, labels, REFUSE) is None
    assert count_images(full, labels, EXCLUDE) is None
    assert count_images(tables, labels, MASK) is None
    assert unpack(Profile, pack(Profile(images=masked))).images == masked


def test_each_fit_needs_a_training_case_with_images(
    tables: Cohort, some: Cohort, plan: Plan
) -> None:
    refuse_folds_without_images(some, CASES, plan.splits, MASK)
    refuse_folds_without_images(tables, CASES, plan.splits, MASK)
    two = np.flatnonzero(plan.splits.outer[0] == 1)[:2]
    few = replace(tables, offsets=np.concatenate([[0], np.cumsum(np.isin(CASES, two))]))
    refuse_folds_without_images(few, CASES, plan.splits, REFUSE)
    with pytest.raises(UserError, match="repeat 1 would train on .* alone.*got 2 cases with"):
        refuse_folds_without_images(few, CASES, plan.splits, MASK)
