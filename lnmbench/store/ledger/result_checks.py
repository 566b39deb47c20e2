"""Checks of a unit's result before it is stored: no later report has to stumble over it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import TARGET, Method, Plan, UnitResult


def require_valid(result: UnitResult, plan: Plan, methods: Mapping[str, Method]) -> None:
    """Raise `UserError` if a result cannot be that of a planned unit.

    Parameters
    ----------
    result
        The result that a worker returned.
    plan
        The plan of the run.
    methods
        The planned methods, by fingerprint.
    """
    unit = result.unit
    method = methods.get(unit.method)
    label = "an unknown method" if method is None else method.label
    repeats, folds, n = plan.splits.inner.shape
    name = f"{label[:60]}, repeat {unit.repeat + 1}, fold {unit.fold + 1}"
    if method is None or not (0 <= unit.repeat < repeats and 0 <= unit.fold < folds):
        raise _refusal(name, "a unit of the plan", "a result of another unit")
    test = plan.splits.inner[unit.repeat, unit.fold] < 0
    training = ~test
    if method.partial and TARGET in result.test and np.shape(result.test[TARGET]) == (n, 1):
        test = test & ~np.isnan(result.test[TARGET][:, 0])
        training = np.zeros(n, dtype=np.bool_)
    if TARGET not in result.test:
        raise _refusal(name, "predictions of the target", "none")
    for task, values in result.test.items():
        outcomes = plan.endpoints.shape[1] if task == TARGET else None
        _require_predictions(values, test, n, outcomes, name)
    shape = plan.endpoints.shape[: 1 if plan.endpoints.shape[1] == 1 else 2]
    _require_probabilities(result.validation, training, shape, "validation predictions", name)
    for each in result.permuted:
        tested = np.shape(each.values)[1:] == (test.sum(), plan.endpoints.shape[1])
        # NaN compares as False
        if not tested or not ((each.values >= 0) & (each.values <= 1)).all():
            raise _refusal(name, "predictions of permuted inputs in [0, 1]", "others")
    numbers = (result.seconds, result.device_seconds, result.fits, result.epochs)
    # the memory is unknown on some systems
    if not all(np.isfinite(number) and number >= 0 for number in numbers) or result.memory_mb < 0:
        raise _refusal(name, "times and counts of at least 0", _shorten(numbers))


def _require_predictions(
    values: NDArray[np.float64], test: NDArray[np.bool_], n: int, outcomes: int | None, name: str
) -> None:
    """Raise `UserError` for wrong predictions; those of the target have a number of outcomes."""
    shape = np.shape(values)
    if outcomes is not None:
        expected = "predictions of the test cases"
        _require_probabilities(values, test, (n, outcomes), expected, name)
    elif len(shape) != 2 or shape[0] != n or shape[1] < 1:
        raise _refusal(name, f"predictions of {n} cases", f"shape {shape}")
    elif np.isinf(values).any() or not np.isnan(values[~test]).all():
        raise _refusal(name, "finite numbers for the test cases alone", "others")


def _require_probabilities(
    values: NDArray[np.float64],
    cases: NDArray[np.bool_],
    shape: tuple[int, ...],
    noun: str,
    name: str,
) -> None:
    if np.shape(values) != shape:
        raise _refusal(name, f"{noun} of shape {shape}", f"shape {np.shape(values)}")
    predicted = values[cases]
    outside = predicted[~((predicted >= 0) & (predicted <= 1))]  # with NaN
    if outside.size:
        raise _refusal(name, f"{noun} in [0, 1]", f"{outside[0]:g}")
    if not np.isnan(values[~cases]).all():
        raise _refusal(name, f"{noun} alone", "some of other cases")


def _refusal(name: str, expected: str, got: str) -> UserError:
    return UserError(
        f"a result was not stored: {name}",
        expected=expected,
        got=got,
        then="the method, its weighting or the executor is at fault; finished units are saved",
    )


def _shorten(numbers: tuple[float, ...]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
