from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_checks.lnm018_unchanged_predictions import UnchangedPredictions
from numpy.typing import NDArray

from lnmbench.records import Choice, MethodResult, Results

MakeRun = Callable[..., Results]
MakeNetwork = Callable[..., MethodResult]


@pytest.mark.parametrize(("noise", "fires"), [(0.005, True), (0.05, False)])
def test_a_task_that_hardly_changes_the_predictions_is_reported(
    noise: float,
    fires: bool,
    method_run: MakeRun,
    single: MethodResult,
    with_pt: MethodResult,
    risk: NDArray[np.float64],
) -> None:
    before = np.stack([risk, risk])
    after = before + np.random.default_rng(2).normal(0.0, noise, before.shape)
    run = method_run(replace(single, predicted=before), replace(with_pt, predicted=after))
    message = UnchangedPredictions()(run)
    # the mean absolute value of a normal variable is .80 of its standard deviation
    expected = "with pT predicts like single (correlation 1.000, mean absolute change .004)"
    assert message == (expected if fires else "")


def test_the_check_needs_a_network_with_and_without_the_task(
    method_run: MakeRun,
    network: MakeNetwork,
    single: MethodResult,
    with_pt: MethodResult,
    risk: NDArray[np.float64],
) -> None:
    predicted = np.stack([risk, risk])
    with_predictions = replace(with_pt, predicted=predicted)
    assert UnchangedPredictions()(method_run(with_predictions)) is None
    assert UnchangedPredictions()(method_run(single, with_predictions)) is None
    shuffled = Choice(name="pt", parameters={"edition": "auto", "shuffled": 1})
    control = network("control", shuffled, predicted=predicted)
    assert UnchangedPredictions()(method_run(replace(single, predicted=predicted), control)) is None
