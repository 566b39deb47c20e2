"""Outer folds during the search."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from lnmbench.records import Candidate, Plan, Trial
from lnmbench.stages.run.chunk import list_fits
from lnmbench.stages.run.outer_fold import OuterFold, mark_best, split_by_fold


def results(*losses: float) -> SimpleNamespace:
    """The results of a stack of two fits, which predict their mean loss for every case."""
    return SimpleNamespace(
        best_loss=np.array(losses),
        epochs=np.array([3, 4]),
        probabilities={"first name": np.full((2, 30, 1), np.mean(losses))},
        permuted=None,
    )


def add(fold: OuterFold, number: int, *losses: float) -> None:
    candidate = Candidate(number=number, settings={"dropout": number / 10})
    history = {0: [], 1: []}
    fold.add_trial(candidate, results(*losses), range(2), history, ["target"])  # type: ignore[arg-type]


def test_a_repeat_has_the_inner_fits_of_each_fold(plan: Plan) -> None:
    folds = split_by_fold(list(list_fits(plan, 0)))
    assert [[(fit.fold, fit.inner) for fit in fold.fits] for fold in folds] == [
        [(0, 0), (0, 1)],
        [(1, 0), (1, 1)],
        [(2, 0), (2, 1)],
    ]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 1)])
def test_only_the_models_of_the_best_candidate_are_kept(plan: Plan, order: tuple[int, ...]) -> None:
    losses = {1: (0.5, 0.9), 2: (0.4, 0.4), 3: (0.8, 0.1)}
    fold = split_by_fold(list(list_fits(plan, 0)))[0]
    for number in order:
        add(fold, number, *losses[number])
    assert list(fold.models) == [2]
    assert fold.models[2].probabilities["target"] == pytest.approx(np.full((2, 30, 1), 0.4))
    assert fold.epochs == 3 * 7
    assert [trial.candidate for trial in fold.trials] == list(order)


def test_the_half_with_the_higher_losses_is_dropped(plan: Plan) -> None:
    candidates = [Candidate(number=number, settings={}) for number in range(1, 6)]
    fold = split_by_fold(list(list_fits(plan, 0)))[0]
    fold.drop_candidates({1: 0.7, 2: np.inf, 3: 0.7, 4: 0.6, 5: 0.5}, candidates)
    assert [each.number for each in candidates if fold.keeps(each)] == [1, 4, 5]
    add(fold, 4, np.inf, 0.1)
    assert list(fold.models) == [4], "a dropped candidate is worse than one that diverged"
    add(fold, 5, 0.4, 0.4)
    assert [trial.candidate for trial in mark_best(fold.trials) if trial.chosen] == [5]


def test_of_equal_candidates_the_earlier_one_wins_whenever_it_was_tried() -> None:
    losses = {3: (0.5, 0.7), 1: (0.9, np.inf), 4: (0.9, 0.9), 2: (0.6, 0.6)}
    tried = [Trial(candidate=i, settings={}, losses=own) for i, own in losses.items()]
    found = mark_best(tried)
    assert [one.candidate for one in found] == [1, 2, 3, 4]
    assert [one.candidate for one in found if one.chosen] == [2]
