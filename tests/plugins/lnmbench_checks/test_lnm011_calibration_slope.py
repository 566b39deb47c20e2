from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_checks.lnm011_calibration_slope import CalibrationSlope
from numpy.typing import NDArray

from lnmbench.records import MethodResult, Results
from lnmbench.results import calibrate, for_outcome, format_decimal
from lnmbench.testing import sample_outcome_results

MakeRun = Callable[..., Results]


def predictions(risk: NDArray[np.float64], power: float) -> NDArray[np.float64]:
    """Return (2, n) probabilities whose log odds are those of the risk × `power`."""
    odds = (risk / (1 - risk)) ** power
    return np.stack([odds / (1 + odds)] * 2)


@pytest.mark.parametrize(("power", "fires"), [(1.0, False), (0.4, True), (2.5, True)])
def test_a_slope_far_from_one_is_reported(
    power: float,
    fires: bool,
    method_run: MakeRun,
    single: MethodResult,
    risk: NDArray[np.float64],
) -> None:
    message = CalibrationSlope()(method_run(replace(single, predicted=predictions(risk, power))))
    assert message is not None
    assert message.startswith("single: slope ") is fires


def test_an_uncertain_slope_passes(
    method_run: MakeRun, single: MethodResult, risk: NDArray[np.float64]
) -> None:
    truth = method_run().truth
    result = replace(single, predicted=predictions(risk, 1.3)[:, :40])
    assert CalibrationSlope()(method_run(result, truth=truth[:40], n=40)) == ""


def test_methods_without_a_slope_are_not_assessed(
    method_run: MakeRun, single: MethodResult, risk: NDArray[np.float64]
) -> None:
    truth = method_run().truth
    constant = replace(single, predicted=np.full((2, len(truth)), 0.3))
    perfect = replace(single, predicted=np.stack([truth, truth]))
    incomplete = replace(single, predicted=predictions(risk, 0.3), units_done=3)
    assert CalibrationSlope()(method_run(constant, perfect, incomplete)) is None


def test_the_slope_of_each_outcome_is_assessed() -> None:
    results = sample_outcome_results()
    message = CalibrationSlope()(results)
    assert message is not None
    middle = for_outcome(results, "middle")
    for result in middle.method_results[:3]:
        fit = calibrate(middle, result)
        assert fit is not None
        assert f"{result.method.label}, middle: slope {format_decimal(fit.slope)} " in message
    assert ", low: " not in message
