"""The metrics `auc` and `ap`."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_metrics import register_metrics


def test_both_metrics_of_the_paper_are_primary_and_rise_with_the_order_of_scores() -> None:
    truth = np.array([0.0, 0.0, 1.0, 1.0])
    for name, expected in {"auc": 0.75, "ap": 5 / 6}.items():
        metric = register_metrics()[name]()
        assert metric.primary
        assert metric.greater_is_better
        assert metric(truth, np.array([0.1, 0.4, 0.35, 0.8])) == pytest.approx(expected)
        assert metric(truth, truth) == 1.0
