"""Negative controls: the permutation test and their summary."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import Choice, Cost, NetworkMethod, Results
from lnmbench.results import (
    complete_methods,
    control_tests,
    merge_summarized_controls,
    planned_controls,
)
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)


def make_controls(count: int) -> list[NetworkMethod]:
    """Return negative controls of the network with pT, seeds 1 to `count`."""
    return [
        sample_network(f"pt:shuffled={seed}", Choice(name="pt", parameters={"shuffled": seed}))
        for seed in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def nineteen() -> Results:
    """A network with pT, without it, a baseline and 19 controls."""
    controls = [(control, 0.9) for control in make_controls(19)]
    return sample_results([(MULTI_TASK, 1.6), (SINGLE_TASK, 0.9), (LOGISTIC, 0.9), *controls])


def mean_aucs(results: Results) -> dict[str, float]:
    return {r.method.label: float(r.scores["auc"].values.mean()) for r in results.method_results}


def test_the_test_ranks_the_mean_scores(nineteen: Results) -> None:
    auc, ap = control_tests(nineteen, MULTI_TASK)
    means = mean_aucs(nineteen)
    scores = [means[f"pt:shuffled={seed}"] for seed in range(1, 20)]
    assert (auc.metric, auc.metric_title, ap.metric) == ("auc", "AUC", "ap")
    assert auc.score == pytest.approx(means["resnet50 + pt"])
    assert auc.scores == pytest.approx(scores)
    assert (auc.low, auc.high) == pytest.approx((min(scores), max(scores)))
    assert auc.mean == pytest.approx(sum(scores) / 19)
    assert auc.score > auc.high
    assert auc.pvalue == 0.05


def test_fewer_controls_and_undefined_folds_have_no_p(nineteen: Results) -> None:
    few = sample_results([(MULTI_TASK, 1.6), *((c, 0.9) for c in make_controls(18))])
    assert [math.isnan(test.pvalue) for test in control_tests(few, MULTI_TASK)] == [True, True]
    assert control_tests(sample_results([(MULTI_TASK, 1.0)]), MULTI_TASK) == []
    waiting = sample_results(
        [(MULTI_TASK, 1.6), *((c, 0.9) for c in make_controls(20))],
        units_done={"pt:shuffled=20": 3},
    )
    auc, _ = control_tests(waiting, MULTI_TASK)
    assert (len(auc.scores), auc.planned, auc.finished) == (19, 20, False)
    assert math.isnan(auc.pvalue)
    last = nineteen.method_results[-1]
    values = last.scores["auc"].values.copy()
    values[0, 0] = np.nan
    scores = {**last.scores, "auc": replace(last.scores["auc"], values=values)}
    changed = (*nineteen.method_results[:-1], replace(last, scores=scores))
    auc, ap = control_tests(replace(nineteen, method_results=changed), MULTI_TASK)
    assert (auc.defined, ap.defined) == (False, True)
    assert all(map(math.isnan, (auc.pvalue, auc.mean, auc.low, auc.high)))
    assert ap.pvalue == 0.05


@pytest.mark.parametrize(("count", "listed"), [(1, 4), (2, 5), (3, 3), (19, 3)])
def test_a_large_set_of_controls_is_not_listed(count: int, listed: int) -> None:
    controls = [(control, 0.9) for control in make_controls(count)]
    results = sample_results([(MULTI_TASK, 1.0), (SINGLE_TASK, 0.9), (LOGISTIC, 0.9), *controls])
    assert len(complete_methods(results)) == listed
    assert len(planned_controls(results, MULTI_TASK)) == count


def labels(results: Results) -> Sequence[str]:
    return [result.method.label for result in results.method_results]


def test_a_summary_adds_up_cost_and_units(nineteen: Results) -> None:
    costly = replace(
        nineteen,
        method_results=tuple(
            replace(result, cost=Cost(fits=10, epochs=3, seconds=2.0, memory_mb=100.0 + number))
            for number, result in enumerate(nineteen.method_results)
        ),
    )
    merged = merge_summarized_controls(costly)
    assert labels(merged) == [
        "resnet50 + pt",
        "resnet50",
        "logistic",
        "pt:shuffled=1 and 18 more controls",
    ]
    summary = merged.method_results[-1]
    assert (summary.cost.fits, summary.cost.epochs, summary.cost.seconds) == (190, 57, 38.0)
    assert summary.cost.memory_mb == 121.0
    assert (summary.units_done, summary.units_all) == (19 * 20, 19 * 20)
    one = sample_results([(MULTI_TASK, 1.0), (make_controls(1)[0], 0.9)])
    assert labels(merge_summarized_controls(one)) == labels(one)
