from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lnmbench.contracts import Thresholded
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.metrics import guard_metric

TRUTH, PREDICTED = np.array([0.0, 1.0]), np.array([0.2, 0.6])


class Metric:
    title: Any = "Accuracy"
    greater_is_better: Any = True
    kinds: Any = ("binary",)
    bounds: Any = (0.0, 1.0)

    def __call__(self, truth: Any, predicted: Any, threshold: Any = 0.5) -> Any:
        return np.float32(((predicted >= threshold) == truth).mean())


class AtThreshold(Metric):
    def threshold(self, truth: Any, predicted: Any) -> Any:
        return predicted.max()


def with_value(value: object) -> Any:
    kind = type("Wrong", (Metric,), {"__call__": lambda self, *arguments: value})
    return kind()


def test_a_metric_is_what_its_plugin_says(boundary: Boundary) -> None:
    metric = guard_metric(Metric(), boundary)
    assert (metric.title, metric.greater_is_better) == ("Accuracy", True)
    assert (metric.kinds, metric.bounds) == (("binary",), (0.0, 1.0))
    assert metric(TRUTH, PREDICTED) == 1.0
    assert not isinstance(metric, Thresholded)


def test_the_choice_of_a_threshold_is_that_of_the_plugin(boundary: Boundary) -> None:
    metric = guard_metric(AtThreshold(), boundary)
    assert isinstance(metric, Thresholded)
    assert metric.threshold(TRUTH, PREDICTED) == 0.6
    assert metric(TRUTH, PREDICTED, 0.7) == 0.5


@pytest.mark.parametrize(
    ("value", "got"),
    [(1.5, "1.5"), (float("inf"), "inf"), (None, "None"), ("1", "'1'"), (np.ones(2), r"\(2,\)")],
)
def test_a_value_is_a_number_within_the_bounds(boundary: Boundary, value: object, got: str) -> None:
    metric = guard_metric(with_value(value), boundary)
    with pytest.raises(PluginError, match=f"expected a number from 0 to 1 or NaN, got .*{got}"):
        metric(TRUTH, PREDICTED)


def test_a_metric_cannot_change_the_predictions(boundary: Boundary) -> None:
    class Changing(Metric):
        def __call__(self, truth: Any, predicted: Any, threshold: Any = 0.5) -> Any:
            predicted[:] = 0
            return 1.0

    with pytest.raises(PluginError, match="read-only"):
        guard_metric(Changing(), boundary)(TRUTH, PREDICTED)
    assert PREDICTED.tolist() == [0.2, 0.6]


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        ("title", None, "a text"),
        ("greater_is_better", "yes", "True or False"),
        ("kinds", "binary", "a list or tuple"),
        ("kinds", ("maybe",), "binary, ordinal"),
        ("kinds", (), "at least one kind"),
        ("bounds", (1, 0), "two numbers"),
    ],
)
def test_attributes_have_their_types(
    boundary: Boundary, attribute: str, value: object, expected: str
) -> None:
    plain = Metric()
    setattr(plain, attribute, value)
    metric = guard_metric(plain, boundary)
    with pytest.raises(PluginError, match=f"from {attribute} .*expected {expected}"):
        getattr(metric, attribute)
