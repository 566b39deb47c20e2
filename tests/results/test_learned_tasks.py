"""Auxiliary tasks at chance, whatever the direction of their metrics."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from lnmbench.records import AuxScore, Estimate, MethodResult, Results
from lnmbench.results import assessable_tasks, describe_unlearned, is_learned, unlearned_tasks
from lnmbench.testing.sample_results import CONTROL, MULTI_TASK, empty_results

RESULTS = replace(
    empty_results(),
    metric_titles={"macro_auc": "Macro AUC", "mae": "MAE"},
    metric_better={"macro_auc": True, "mae": False},
)


def score(metric: str, value: float, low: float, high: float, chance: float) -> AuxScore:
    return AuxScore(
        task=MULTI_TASK.aux[0].key,
        title="pathological T stage",
        kind="ordinal",
        known=9,
        metrics={metric: Estimate(value=value, low=low, high=high)},
        chance={metric: chance},
    )


def with_score(one: AuxScore) -> Results:
    result = MethodResult(method=MULTI_TASK, units_done=20, units_all=20, aux=(one,))
    return replace(RESULTS, method_results=(result,))


@pytest.mark.parametrize(
    ("one", "learned"),
    [
        (score("macro_auc", 0.53, 0.47, 0.59, 0.5), False),
        (score("macro_auc", 0.57, 0.51, 0.63, 0.5), True),
        (score("mae", 9.0, 8.0, 9.9, 10.0), True),
        (score("mae", 9.0, 8.0, 10.1, 10.0), False),
        (score("mae", 12.0, 11.0, 13.0, 10.0), False),
    ],
)
def test_a_task_is_learned_if_its_interval_is_better_than_chance(
    one: AuxScore, learned: bool
) -> None:
    assert is_learned(RESULTS, one) is learned
    assert unlearned_tasks(with_score(one), MULTI_TASK) == ([] if learned else [one])


def test_the_text_has_metric_interval_and_chance() -> None:
    one = score("macro_auc", 0.531, 0.472, 0.589, 0.5)
    assert describe_unlearned(RESULTS, one) == (
        "pathological T stage (Macro AUC .531, 95 % CI .472 to .589, chance .500)"
    )


def test_what_cannot_be_assessed_is_not_called_unlearned() -> None:
    undefined = score("macro_auc", 0.5, math.nan, math.nan, 0.5)
    assert unlearned_tasks(with_score(undefined), MULTI_TASK) == []
    permuted = replace(score("macro_auc", 0.5, 0.4, 0.6, 0.5), task=CONTROL.aux[0].key)
    control = MethodResult(method=CONTROL, units_done=20, units_all=20, aux=(permuted,))
    assert assessable_tasks(control) == []
