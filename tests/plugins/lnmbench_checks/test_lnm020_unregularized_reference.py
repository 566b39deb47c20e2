from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_checks.lnm020_unregularized_reference import UnregularizedReference
from numpy.typing import NDArray
from scipy.stats import t as student

from lnmbench.records import Choice, FoldScores, MethodResult, Results

MakeRun = Callable[..., Results]
MakeNetwork = Callable[..., MethodResult]
NOISE = np.random.default_rng(0).normal(0.0, 0.03, (2, 10))
NOISE -= NOISE.mean()
NOISE /= NOISE.std(ddof=1)
RATIO = 1 / 9
ERROR = np.sqrt(1 / 20 + RATIO)
"""Corrected standard error of differences with the standard deviation 1."""


def score(
    result: MethodResult, values: NDArray[np.float64], *, metric: str = "auc"
) -> MethodResult:
    scores = FoldScores(method=result.method.fingerprint, metric=metric, values=values)
    return replace(result, scores={metric: scores})


def make_control(network: MakeNetwork, seed: int, gain: float, **fields: object) -> MethodResult:
    """Return a control whose scores exceed those of the reference, .7, by `gain` on average."""
    task = Choice(name="pt", parameters={"edition": "auto", "shuffled": seed})
    return score(network(f"pt:{seed}", task, **fields), 0.7 + gain + 0.02 * NOISE)


def run_check(run: MakeRun, single: MethodResult, *controls: MethodResult) -> str | None:
    return UnregularizedReference()(run(score(single, np.full((2, 10), 0.7)), *controls))


@pytest.mark.parametrize("gain_in_errors", [-3.0, 0.5, 1.5, 2.0, 2.2, 3.0])
def test_a_single_control_is_tested(
    gain_in_errors: float, method_run: MakeRun, network: MakeNetwork, single: MethodResult
) -> None:
    gain = gain_in_errors * 0.02 * ERROR
    message = run_check(method_run, single, make_control(network, 1, gain))
    p = float(2 * student.sf(gain_in_errors, df=19))
    assert bool(message) is (gain_in_errors > 0 and p < 0.05)
    if message:
        p_text = f"p = .{round(100 * p):02d}" if p >= 0.01 else f"p = .{round(1000 * p):03d}"
        assert message == (
            f"pt:1 gains +{gain:.3f}".replace("+0.", "+.")
            + f" in AUC over single (corrected {p_text}, unadjusted)"
        )


@pytest.mark.parametrize(("gain_in_errors", "fires"), [(-3.0, False), (0.8, False), (1.2, True)])
def test_the_mean_of_several_controls_must_stay_within_the_split_noise(
    gain_in_errors: float,
    fires: bool,
    method_run: MakeRun,
    network: MakeNetwork,
    single: MethodResult,
) -> None:
    gain = gain_in_errors * 0.02 * ERROR
    controls = [make_control(network, seed, gain) for seed in range(1, 20)]
    message = run_check(method_run, single, *controls)
    assert message is not None
    assert bool(message) is fires
    if fires:
        assert "the mean of 19 controls like pt:1 gains" in message


def test_the_mean_of_controls_that_differ_is_compared(
    method_run: MakeRun, network: MakeNetwork, single: MethodResult
) -> None:
    controls = [make_control(network, 1, 0.06), make_control(network, 2, -0.06)]
    assert run_check(method_run, single, *controls) == ""


def test_lower_is_a_gain_if_lower_is_better(
    method_run: MakeRun, network: MakeNetwork, single: MethodResult
) -> None:
    run = method_run(
        score(single, np.full((2, 10), 0.2), metric="brier"),
        score(make_control(network, 1, 0.0), 0.15 + 0.01 * NOISE, metric="brier"),
        metrics=("brier",),
        primary_metrics=("brier",),
    )
    assert "gains −.050 in Brier score" in (UnregularizedReference()(run) or "")
    better = replace(run, metric_better={"brier": True})
    assert UnregularizedReference()(better) == ""


def test_the_check_needs_a_complete_control_and_its_reference(
    method_run: MakeRun, network: MakeNetwork, single: MethodResult, with_pt: MethodResult
) -> None:
    assert run_check(method_run, single) is None
    assert run_check(method_run, single, score(with_pt, 0.9 + 0.02 * NOISE)) is None
    assert run_check(method_run, single, make_control(network, 1, 0.1, units_done=19)) is None
    undefined = score(make_control(network, 1, 0.1), np.where(NOISE > 1, np.nan, 0.8))
    assert run_check(method_run, single, undefined) is None
    assert UnregularizedReference()(method_run(make_control(network, 1, 0.1))) is None
