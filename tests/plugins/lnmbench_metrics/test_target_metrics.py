from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from lnmbench.contracts import Metric, Thresholded
from lnmbench.errors import PluginError

TRUTH = np.array([0.0, 0.0, 1.0, 1.0])
PREDICTED = np.array([0.1, 0.4, 0.35, 0.8])
BuildMetric = Callable[[str], Metric]


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("auc", "AUC", 0.75),
        ("ap", "AP", 5 / 6),
        ("brier", "Brier", (0.01 + 0.16 + 0.65**2 + 0.04) / 4),
        ("log_loss", "Log loss", -math.log(0.9 * 0.6 * 0.35 * 0.8) / 4),
    ],
)
def test_a_fold_is_scored(
    build_metric: BuildMetric, text: str, title: str, expected: float
) -> None:
    metric = build_metric(text)
    assert metric(TRUTH, PREDICTED) == pytest.approx(expected)
    assert metric.title == title
    assert not isinstance(metric, Thresholded)


@pytest.mark.parametrize("name", ["auc", "ap"])
def test_ranks_are_nan_for_one_class_and_refuse_nan(build_metric: BuildMetric, name: str) -> None:
    metric = build_metric(name)
    assert math.isnan(metric(np.ones(3), np.array([0.1, 0.2, 0.3])))
    with pytest.raises(
        PluginError, match="metric .* fails in __call__ .*ValueError: scores: 1 of 4"
    ):
        metric(TRUTH, np.array([0.1, math.nan, 0.3, 0.4]))
