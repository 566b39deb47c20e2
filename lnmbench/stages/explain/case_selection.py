"""Selection of the cases that are explained: those that methods rank most wrongly and rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import Cohort, MethodResult, Results
from lnmbench.results import place_cases


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ChosenCases:
    """The cases that are explained.

    Attributes
    ----------
    numbers
        The numbers of the cases in the ledger.
    repeat
        The repeat whose predictions are explained, from 0.
    outcomes
        The outcomes of the target, by number; 0 for a binary one.
    """

    numbers: Sequence[int]
    repeat: int
    outcomes: Sequence[int]


def read_predictions(result: MethodResult) -> NDArray[np.float64]:
    """Return the out-of-fold probabilities of a method, (repeats, n, m) for m outcomes."""
    if result.outcome_predictions is not None:
        return np.asarray(result.outcome_predictions)
    if result.predicted is None:
        raise TypeError(f"{result.method.label} has no predictions")
    return np.asarray(result.predicted)[:, :, None]


def read_labels(results: Results) -> NDArray[np.float64]:
    """Return the labels of each outcome of the target, (n, m) of 0, 1 and NaN."""
    values = results.truth[:, None] if results.outcomes is None else results.outcomes.values
    return np.asarray(values)


def choose_cases(
    results: Results,
    methods: Sequence[MethodResult],
    outcomes: Sequence[int],
    cohort: Cohort,
    positions: NDArray[np.int64],
    numbers: Sequence[int],
    most: int,
) -> list[int]:
    """Return the numbers of the cases to explain.

    By default, they are as many that the methods rank most wrongly as they rank most rightly among
    the cases of the other label in their test fold.

    Parameters
    ----------
    results
        The results of the run.
    methods
        The methods to explain.
    outcomes
        The outcomes by whose probabilities cases are ranked.
    cohort
        The cohort.
    positions
        The position of each of the run's n cases in the cohort, (n,).
    numbers
        The numbers that the user names.
    most
        The number of cases if the user names none.

    Raises
    ------
    UserError
        For a number of no case, and for a case without images.
    """
    has_images = np.diff(cohort.offsets)[positions] > 0
    for number in numbers:
        if not 0 <= number < results.n:
            raise UserError(
                f"no case {number} in the run", expected=f"a number from 0 to {results.n - 1}"
            )
        if not has_images[number]:
            raise UserError(f"case {number} has no images")
    if numbers:
        return list(dict.fromkeys(numbers))
    placement = _place_cases(results, methods, outcomes)
    is_ranked = has_images & np.isfinite(placement)
    order = [i for i in np.argsort(placement, kind="stable").tolist() if is_ranked[i]]
    if not order:
        raise UserError(
            "no case can be ranked: no test fold has cases with images of both labels",
            then="name cases with --case",
        )
    wrong = order[: -(-most // 2)]
    right = [i for i in order[::-1] if i not in wrong][: most - len(wrong)]
    return [*wrong, *right]


def _place_cases(
    results: Results, methods: Sequence[MethodResult], outcomes: Sequence[int]
) -> NDArray[np.float64]:
    """Return the mean placement of each case over methods and outcomes, (n,); NaN if unknown."""
    labels, outer = read_labels(results), np.asarray(results.outer)
    placements: NDArray[np.float64] = np.full((len(methods), len(outcomes), results.n), np.nan)
    for row, method in enumerate(methods):
        predicted = read_predictions(method)
        for column, outcome in enumerate(outcomes):
            known = ~np.isnan(labels[:, outcome])
            placements[row, column, known] = place_cases(
                labels[known, outcome], predicted[:, known, outcome], outer[:, known]
            )
    is_placed = np.isfinite(placements)
    counts = is_placed.sum(axis=(0, 1))
    means = np.where(is_placed, placements, 0.0).sum(axis=(0, 1)) / np.maximum(counts, 1)
    return np.where(counts > 0, means, np.nan)
