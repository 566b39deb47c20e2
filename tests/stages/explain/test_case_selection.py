"""Selection of cases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.stages.explain.case_selection import choose_cases, read_labels, read_predictions
from lnmbench.stages.explain.selection import choose_methods
from lnmbench.stages.report import read_results


class Offsets:
    """A cohort of cases with two slices, but the last one."""

    def __init__(self, n: int) -> None:
        counts = np.full(n, 2)
        counts[-1] = 0
        self.offsets = np.concatenate([[0], np.cumsum(counts)])


@pytest.fixture
def chosen(bench: Any, transformer_run: Path) -> tuple[Any, Any, Any]:
    """The results, their networks, and a cohort whose last case has no images."""
    results = read_results(transformer_run, bench.registry)
    return results, choose_methods(results, ()), Offsets(results.n)


def choose(
    chosen: tuple[Any, Any, Any],
    numbers: tuple[int, ...] = (),
    most: int = 4,
    outcomes: tuple[int, ...] = (0,),
) -> list[int]:
    results, methods, cohort = chosen
    positions = np.arange(results.n)
    return choose_cases(results, methods, outcomes, cohort, positions, numbers, most)


def test_the_most_wrongly_and_the_most_rightly_ranked_cases_are_chosen(
    chosen: tuple[Any, Any, Any],
) -> None:
    results, networks, cohort = chosen
    truth, outer = results.truth, results.outer[0]
    p = np.mean([network.predicted[0] for network in networks], axis=0)
    known = np.where(truth == 1, 1.0, 0.0)  # certain predictions: two cases are on the wrong side
    positive, negative = (int(np.flatnonzero((truth == y) & (outer == 0))[0]) for y in (1, 0))
    known[[positive, negative]] = [-1.0, 2.0]
    certain = [replace(networks[0], predicted=np.stack([known + 0 * p]))]
    cases = choose((results, certain, cohort))
    assert set(cases[:2]) == {positive, negative}
    assert len(set(cases)) == 4
    assert results.n - 1 not in choose(chosen, most=results.n)
    assert len(choose(chosen, most=results.n)) == results.n - 1
    assert len(choose(chosen, most=1)) == 1


def test_cases_of_unknown_outcome_are_not_ranked(bench: Any, ordinal_run: Path) -> None:
    results = read_results(ordinal_run, bench.registry)
    (network, *_) = choose_methods(results, ())
    labels = np.array(results.outcomes.values)
    labels[:5, 1] = np.nan
    some = replace(results, outcomes=replace(results.outcomes, values=labels))
    np.testing.assert_array_equal(read_labels(some), labels)
    of_second = choose((some, [network], Offsets(some.n)), most=some.n, outcomes=(1,))
    assert set(of_second) <= set(range(5, some.n - 1))
    # the certain predictions of one outcome are wrong for two cases
    certain = np.nan_to_num(labels, nan=0.5)[None].repeat(2, axis=0)
    fold = results.outer[0] == results.outer[0, 10]
    wrong = [int(np.flatnonzero(fold & (labels[:, 1] == y))[0]) for y in (1, 0)]
    certain[:, wrong, 1] = [-1.0, 2.0]
    exact = replace(network, outcome_predictions=certain)
    assert read_predictions(exact) is not None
    assert set(choose((some, [exact], Offsets(some.n)), most=4, outcomes=(1,))[:2]) == set(wrong)


def test_named_cases_keep_their_order(chosen: tuple[Any, Any, Any]) -> None:
    assert choose(chosen, (5, 2, 5)) == [5, 2]
    with pytest.raises(UserError, match="no case -1"):
        choose(chosen, (-1,))
    with pytest.raises(UserError, match="case 23 has no images"):
        choose(chosen, (23,))


def test_predictions_have_a_column_for_each_outcome(chosen: tuple[Any, Any, Any]) -> None:
    results, (first, *_), _ = chosen
    assert read_predictions(first).shape == (1, results.n, 1)
    with pytest.raises(TypeError, match="has no predictions"):
        read_predictions(replace(first, predicted=None))
