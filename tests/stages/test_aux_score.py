from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.records import AuxLabels, Label
from lnmbench.stages.aux_score import score_aux_task


class Metric:
    greater_is_better, bounds = False, (0.0, math.inf)

    def __init__(self, title: str, kind: Label) -> None:
        self.title, self.kinds = title, (kind,)

    def __call__(self, truth: np.ndarray, predicted: np.ndarray) -> float:
        assert truth.shape == predicted.shape
        return float(np.abs(truth - predicted).mean())


def test_a_label_is_scored_by_the_metrics_of_its_kind_on_averaged_predictions() -> None:
    labels = AuxLabels(
        task="t", title="T", kind="continuous", known=5, values=np.array([1.0, 2.0, 3.0, math.nan])
    )
    predicted = np.array([[[1.0], [2.0], [3.0], [9.0]], [[2.0], [2.0], [5.0], [9.0]]])
    metrics = {"error": Metric("error", "continuous"), "gap": Metric("gap", "binary")}
    result = score_aux_task(labels, predicted, metrics)
    assert set(result.metrics) == {"error"}
    assert result.metrics["error"].value == pytest.approx(0.5)
    assert result.metrics["error"].low <= 0.5 <= result.metrics["error"].high
    assert result.known == 5
