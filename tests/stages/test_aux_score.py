from __future__ import annotations

import math

import numpy as np
import pytest

from lnmbench.records import AuxLabels, Choice, Label
from lnmbench.registry import Registry
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


def test_the_chance_level_is_that_of_one_prediction_for_all_cases() -> None:
    sizes = AuxLabels(
        task="t", title="T", kind="continuous", known=4, values=np.array([1.0, 2.0, 3.0, 10.0])
    )
    metrics = {"error": Metric("error", "continuous")}
    # 2.5 is the median
    score = score_aux_task(sizes, np.zeros((1, 4, 1)), metrics)
    assert score.chance == {"error": (1.5 + 0.5 + 0.5 + 7.5) / 4}
    assert set(score.chance) == set(score.metrics)


@pytest.mark.parametrize("classes", [3, 4])
def test_ranks_by_a_constant_prediction_are_at_chance(classes: int) -> None:
    registry = Registry()
    metrics = {
        name: registry.metrics.build(Choice(name=name)) for name in ("macro_auc", "kappa", "auc")
    }
    truth = np.random.default_rng(0).integers(0, 3, 50).astype(float)
    predicted = np.random.default_rng(1).dirichlet(np.ones(classes), (2, 50))
    stage = AuxLabels(task="t", title="T", kind="ordinal", known=50, values=truth)
    score = score_aux_task(stage, predicted, metrics)
    assert score.chance["macro_auc"] == pytest.approx(0.5)
    assert score.chance["kappa"] == pytest.approx(0.0)
    grade = AuxLabels(
        task="t", title="T", kind="binary", known=50, values=(truth > 1).astype(float)
    )
    score = score_aux_task(grade, predicted[..., :1], metrics)
    assert score.chance == {"auc": 0.5}
