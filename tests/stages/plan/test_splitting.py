from __future__ import annotations

import hashlib

import numpy as np
import pytest

from lnmbench.records import Protocol, Splits
from lnmbench.stages.plan.splitting import make_splits

IDS = [f"case-{number:03d}" for number in range(83)]
TRUTH = (np.arange(83) % 4 == 0).astype(float)
PROTOCOL = Protocol(target="n2", repeats=3, folds=5, inner=4, seed=7)

FROZEN_START = [3, 1, 1, 2, 1, 4, 3, 1, 4, 2, 3, 3]
FROZEN_DIGEST = "82c8f3c6243d5f6dfc068262625bd859592775d3acbc62f7a164c9bf88780633"


def splits(order: np.ndarray | None = None) -> Splits:
    order = np.arange(83) if order is None else order
    ids = [IDS[i] for i in order]
    return make_splits(ids, TRUTH[order], ids, PROTOCOL)


def test_the_folds_are_the_same_next_year() -> None:
    """Frozen: a change here makes every published run unrepeatable."""
    made = splits()
    digest = hashlib.sha256(made.outer.tobytes() + made.inner.tobytes()).hexdigest()
    assert made.outer[0, :12].tolist() == FROZEN_START
    assert digest == FROZEN_DIGEST


def test_the_folds_do_not_depend_on_the_order_of_the_rows() -> None:
    order = np.random.default_rng(0).permutation(83)
    made, shuffled = splits(), splits(order)
    assert (shuffled.outer == made.outer[:, order]).all()
    assert (shuffled.inner == made.inner[:, :, order]).all()


def test_every_case_is_tested_once_in_each_repeat_and_validates_once_elsewhere() -> None:
    made = splits()
    for repeat, fold in made.units():
        test = made.outer[repeat] == fold
        assert (made.inner[repeat, fold][test] == -1).all()
        assert set(made.inner[repeat, fold][~test].tolist()) == set(range(PROTOCOL.inner))
    assert sorted(set(made.outer.ravel().tolist())) == list(range(PROTOCOL.folds))


def test_folds_are_stratified_and_even() -> None:
    made = splits()
    for repeat, fold in made.units():
        test = made.outer[repeat] == fold
        assert test.sum() in (16, 17)
        assert TRUTH[test].sum() in (4, 5)
        for inner in range(PROTOCOL.inner):
            assert TRUTH[made.inner[repeat, fold] == inner].sum() in (4, 5)


def test_repeats_and_seeds_differ() -> None:
    made = splits()
    assert (made.outer[0] != made.outer[1]).any()
    other = make_splits(IDS, TRUTH, IDS, Protocol(repeats=3, folds=5, inner=4, seed=8))
    assert (other.outer != made.outer).any()


@pytest.mark.parametrize("seed", range(5))
def test_a_patient_is_never_parted(seed: int) -> None:
    random = np.random.default_rng(seed)
    groups = [f"patient-{number}" for number in random.integers(0, 40, 83)]
    made = make_splits(IDS, TRUTH, groups, PROTOCOL)
    for repeat, fold in made.units():
        assert not {g for g, f in zip(groups, made.outer[repeat], strict=True) if f == fold} & {
            g for g, f in zip(groups, made.outer[repeat], strict=True) if f != fold
        }
        for inner in range(PROTOCOL.inner):
            here = made.inner[repeat, fold] == inner
            rest = (made.inner[repeat, fold] >= 0) & ~here
            names = np.array(groups)
            assert not set(names[here]) & set(names[rest])
    shares = np.bincount(made.outer[0], minlength=5)
    assert shares.max() - shares.min() <= 6


def test_each_stratum_is_spread_evenly_over_the_folds() -> None:
    strata = np.random.default_rng(2).choice(4, 83, p=[0.6, 0.2, 0.14, 0.06])
    made = make_splits(IDS, strata, IDS, PROTOCOL)
    for outer in made.outer:
        counts = np.array([np.bincount(strata[outer == fold], minlength=4) for fold in range(5)])
        assert (np.ptp(counts, axis=0) <= 1).all()
