from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm019_unlearned_aux_tasks import UnlearnedAuxTasks

from lnmbench.records import AuxScore, Choice, Estimate, MethodResult, Results

MakeRun = Callable[..., Results]
MakeNetwork = Callable[..., MethodResult]
BETTER = {"metric_better": {"auc": True, "mae": False}}


def learn(result: MethodResult, **metrics: tuple[float, float, float, float]) -> MethodResult:
    """Return a network with (value, low, high, chance) of metrics of its auxiliary task."""
    score = AuxScore(
        task=result.method.aux[0].key,
        title="pathological T stage",
        kind="ordinal",
        known=100,
        metrics={
            name: Estimate(value=value, low=low, high=high)
            for name, (value, low, high, _) in metrics.items()
        },
        chance={name: chance for name, (*_, chance) in metrics.items()},
    )
    return replace(result, aux=(score,))


@pytest.mark.parametrize(
    ("metrics", "fires"),
    [
        ({"auc": (0.53, 0.47, 0.59, 0.5)}, True),
        ({"auc": (0.43, 0.37, 0.48, 0.5)}, True),
        ({"auc": (0.57, 0.51, 0.62, 0.5)}, False),
        ({"auc": (0.53, 0.47, 0.59, 0.5), "kappa": (0.2, 0.1, 0.3, 0.0)}, False),
        ({"mae": (9.8, 9.2, 10.4, 10.0)}, True),
        ({"mae": (8.8, 8.2, 9.4, 10.0)}, False),
        ({"mae": (11.8, 11.2, 12.4, 10.0)}, True),
    ],
)
def test_a_task_must_be_predicted_better_than_chance(
    metrics: dict[str, tuple[float, float, float, float]],
    fires: bool,
    method_run: MakeRun,
    with_pt: MethodResult,
) -> None:
    message = UnlearnedAuxTasks()(method_run(learn(with_pt, **metrics), **BETTER))
    assert message is not None
    assert bool(message) is fires


def test_the_message_has_the_metrics_with_their_chance_level(
    method_run: MakeRun, with_pt: MethodResult
) -> None:
    run = method_run(learn(with_pt, auc=(0.531, 0.472, 0.589, 0.5)), **BETTER)
    assert UnlearnedAuxTasks()(run) == (
        "with pT does not learn pathological T stage (AUC .531, 95 % CI .472 to .589, chance .500)"
    )


def test_controls_and_undefined_metrics_are_not_assessed(
    method_run: MakeRun, network: MakeNetwork, with_pt: MethodResult
) -> None:
    shuffled = Choice(name="pt", parameters={"edition": "auto", "shuffled": 1})
    control = learn(network("control", shuffled), auc=(0.5, 0.4, 0.6, 0.5))
    undefined = learn(with_pt, auc=(math.nan, math.nan, math.nan, 0.5))
    without_interval = learn(with_pt, auc=(0.5, math.nan, math.nan, 0.5))
    for result in (control, undefined, without_interval, with_pt):
        assert UnlearnedAuxTasks()(method_run(result)) is None
