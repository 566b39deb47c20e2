from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_checks.lnm010_negative_control import NegativeControl

from lnmbench.records import Choice, FoldScores, MethodResult, PairComparison, Results

MakeRun = Callable[..., Results]
MakeNetwork = Callable[..., MethodResult]
Compare = Callable[..., PairComparison]
AGAINST = "against its negative control"


@pytest.fixture(scope="module")
def control(network: MakeNetwork) -> MethodResult:
    parameters = {"edition": "auto", "shuffled": 1}
    return network("permuted", Choice(name="pt", parameters=parameters))


@pytest.fixture(scope="module")
def other_control(network: MakeNetwork) -> MethodResult:
    """A negative control of the task with another edition."""
    return network("of 7th", Choice(name="pt", parameters={"edition": "7", "shuffled": 1}))


def test_a_gain_without_a_control_is_reported(
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
    other_control: MethodResult,
) -> None:
    gain = compare(single, with_pt, 0.02, 0.01)
    run = method_run(single, with_pt, other_control, comparisons=(gain,))
    message = "with pT gains +.020 in AUC, but no negative control was run"
    assert NegativeControl()(run) == message


@pytest.mark.parametrize(
    ("difference", "holm", "fires"), [(0.018, 0.02, False), (0.003, 0.6, True), (-0.01, 0.01, True)]
)
@pytest.mark.parametrize("reversed_pair", [False, True])
def test_a_gain_must_exceed_its_control(
    difference: float,
    holm: float,
    fires: bool,
    reversed_pair: bool,
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
    control: MethodResult,
) -> None:
    over = compare(control, with_pt, difference, holm)
    if reversed_pair:
        over = compare(with_pt, control, -difference, holm)
    gain = compare(single, with_pt, 0.02, 0.01)
    message = NegativeControl()(method_run(single, with_pt, control, comparisons=(gain, over)))
    assert message is not None
    assert (AGAINST in message) is fires


@pytest.mark.parametrize(("level", "fires"), [(0.7, False), (0.9, True)])
def test_nineteen_controls_are_ranked(
    level: float,
    fires: bool,
    method_run: MakeRun,
    network: MakeNetwork,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
) -> None:
    def scored(result: MethodResult, value: float) -> MethodResult:
        key = result.method.fingerprint
        values = np.full((2, 10), value)
        return replace(result, scores={"auc": FoldScores(method=key, metric="auc", values=values)})

    controls = [
        scored(
            network(
                f"control {seed}",
                Choice(name="pt", parameters={"edition": "auto", "shuffled": seed}),
            ),
            level if seed == 3 else 0.6,
        )
        for seed in range(1, 20)
    ]
    gain = compare(single, with_pt, 0.02, 0.01)
    run = method_run(single, scored(with_pt, 0.8), *controls, comparisons=(gain,))
    expected = (
        "with pT gains +.020 in AUC, but 1 of 19 negative controls is as good or better"
        " (permutation p = .10)"
    )
    assert NegativeControl()(run) == (expected if fires else "")


def test_controls_that_are_not_finished_confirm_nothing(
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
    control: MethodResult,
) -> None:
    gain = compare(single, with_pt, 0.02, 0.01)
    waiting = replace(control, units_done=3)
    message = NegativeControl()(method_run(single, with_pt, waiting, comparisons=(gain,)))
    start = "with pT gains +.020 in AUC, but its negative controls are not"
    assert message == f"{start} finished (0 of 1)"
    undefined = replace(compare(control, with_pt, 0.02, 0.01), tests={})
    results = [
        replace(
            result,
            scores={"auc": FoldScores(method="", metric="auc", values=np.full((2, 10), value))},
        )
        for result, value in ((single, 0.6), (with_pt, 0.62), (control, np.nan))
    ]
    run = method_run(*results, comparisons=(gain, undefined))
    assert NegativeControl()(run) == f"{start} compared: undefined on some folds"


def test_a_network_with_some_permuted_labels_is_no_control(
    method_run: MakeRun, network: MakeNetwork, compare: Compare, single: MethodResult
) -> None:
    both = network("both", Choice(name="pt"), Choice(name="size"))
    half = network("half", Choice(name="pt"), Choice(name="size", parameters={"shuffled": 1}))
    whole = network(
        "whole", *(Choice(name=name, parameters={"shuffled": 2}) for name in ("pt", "size"))
    )
    controls = [result.method.is_control for result in (single, both, half, whole)]
    assert controls == [False] * 3 + [True]
    gains = [compare(single, result, 0.02, 0.01) for result in (both, half)]
    over_half = compare(half, both, 0.02, 0.01)
    run = method_run(single, both, half, comparisons=(*gains, over_half))
    assert NegativeControl()(run) == (
        "both gains +.020 in AUC, but no negative control was run; "
        "half gains +.020 in AUC, but no negative control was run"
    )
    over_whole = [compare(whole, result, 0.02, 0.01) for result in (both, half)]
    run = method_run(single, both, half, whole, comparisons=(*gains, *over_whole))
    assert NegativeControl()(run) == ""


@pytest.mark.parametrize(("holm", "fires"), [(0.4, True), (0.02, False)])
def test_a_gain_must_exceed_each_control(
    holm: float,
    fires: bool,
    method_run: MakeRun,
    network: MakeNetwork,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
    control: MethodResult,
) -> None:
    second = network("again", Choice(name="pt", parameters={"edition": "auto", "shuffled": 2}))
    comparisons = (
        compare(single, with_pt, 0.02, 0.01),
        compare(control, with_pt, 0.02, 0.01),
        compare(second, with_pt, 0.01, holm),
    )
    run = method_run(single, with_pt, control, second, comparisons=comparisons)
    assert (AGAINST in (NegativeControl()(run) or "")) is fires


def test_without_a_gain_the_check_does_not_apply(
    method_run: MakeRun,
    compare: Compare,
    single: MethodResult,
    with_pt: MethodResult,
    control: MethodResult,
) -> None:
    for difference, holm in ((0.02, 0.2), (-0.02, 0.01)):
        comparison = compare(single, with_pt, difference, holm)
        assert NegativeControl()(method_run(single, with_pt, comparisons=(comparison,))) is None
    gain_of_control = compare(single, control, 0.1, 0.01)
    run = method_run(single, control, comparisons=(gain_of_control,))
    assert NegativeControl()(run) is None


def test_a_lower_value_is_a_gain_if_less_is_better(
    method_run: MakeRun, compare: Compare, single: MethodResult, with_pt: MethodResult
) -> None:
    fall = compare(single, with_pt, -0.02, 0.01, metric="brier")
    message = NegativeControl()(method_run(single, with_pt, comparisons=(fall,)))
    assert "gains −.020 in Brier score" in (message or "")
    rise = compare(single, with_pt, 0.02, 0.01, metric="brier")
    assert NegativeControl()(method_run(single, with_pt, comparisons=(rise,))) is None
