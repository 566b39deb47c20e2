from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from lnmbench.contracts import Metric
from lnmbench.records import AuxLabels, Choice, Label, Protocol
from lnmbench.registry import Registry
from lnmbench.stages.aux_score import score_aux_task
from lnmbench.stats.resampled import corrected_interval

PROTOCOL = Protocol(repeats=2, folds=2)
OUTER = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=np.int16)


class AbsoluteError:
    greater_is_better, bounds = False, (0.0, math.inf)

    def __init__(self, title: str, kind: Label) -> None:
        self.title, self.kinds = title, (kind,)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        assert truth.shape == predicted.shape
        assert truth.size, "a fold without a label is not scored"
        return float(np.abs(truth - predicted).mean())


def build_metrics(*names: str) -> dict[str, Metric]:
    registry = Registry()
    return {name: registry.metrics.build(Choice(name=name)) for name in names}


def draw_noise(seed: int) -> tuple[AuxLabels, NDArray[np.float64], NDArray[np.int16], Protocol]:
    """Return labels that are noise, and predictions that learned the shares of the other folds."""
    random, protocol = np.random.default_rng(seed), Protocol(repeats=5, folds=5)
    truth = random.integers(0, 3, 100).astype(float)
    outer = np.array([random.permutation(100) % 5 for _ in range(5)], dtype=np.int16)
    predicted = np.empty((5, 100, 3))
    for repeat, fold in np.ndindex(5, 5):
        tested = outer[repeat] == fold
        shares = np.bincount(truth[~tested].astype(int), minlength=3) / np.sum(~tested)
        # the most probable class varies between folds and, a little, between cases
        predicted[repeat, tested] = 5.0 * shares + 0.2 * random.random((int(tested.sum()), 3))
    predicted /= predicted.sum(axis=-1, keepdims=True)
    labels = AuxLabels(task="t", title="T", kind="ordinal", known=100, values=truth)
    return labels, predicted, outer, protocol


def test_a_label_is_scored_by_the_metrics_of_its_kind_on_each_outer_fold() -> None:
    labels = AuxLabels(
        task="t", title="T", kind="continuous", known=5, values=np.array([1.0, 2.0, 3.0, math.nan])
    )
    predicted = np.array([[[1.0], [3.0], [3.5], [9.0]], [[2.0], [2.0], [5.0], [9.0]]])
    metrics = {"error": AbsoluteError("error", "continuous"), "gap": AbsoluteError("gap", "binary")}
    result = score_aux_task(labels, predicted, metrics, OUTER, protocol=PROTOCOL)
    assert set(result.metrics) == {"error"}
    # mean errors of cases 1 and 2, of 3, of 1 and 3, and of 2; case 4 has no label
    values = [0.5, 0.5, 1.5, 0.0]
    interval = corrected_interval(values, test_train_ratio=1.0)
    assert result.metrics["error"].value == pytest.approx(np.mean(values))
    assert result.metrics["error"].high == pytest.approx(interval.high)
    assert result.metrics["error"].low == 0.0, "truncated to the range of the metric"
    assert result.known == 5


def test_folds_without_the_metric_are_left_out_as_those_of_the_target() -> None:
    kappa = build_metrics("kappa")
    truth = np.array([0.0, 1.0, 1.0, 1.0])
    labels = AuxLabels(task="t", title="T", kind="ordinal", known=4, values=truth)
    predicted = np.array([[[0.9, 0.1], [0.1, 0.9], [0.1, 0.9], [0.1, 0.9]]] * 2)
    score = score_aux_task(labels, predicted, kappa, OUTER, protocol=PROTOCOL)
    # both cases of the second fold are of one class and predicted so
    assert score.folds == {"kappa": 2}
    assert score.metrics["kappa"].value == pytest.approx(1.0)
    unknown = AuxLabels(task="t", title="T", kind="ordinal", known=0, values=np.full(4, math.nan))
    score = score_aux_task(unknown, predicted, kappa, OUTER, protocol=PROTOCOL)
    assert score.folds == {"kappa": 0}
    assert math.isnan(score.metrics["kappa"].value)


def test_labels_that_are_noise_are_predicted_at_chance() -> None:
    metrics, values, covered = build_metrics("macro_auc", "kappa"), [], []
    pooled = []
    for seed in range(12):
        labels, predicted, outer, protocol = draw_noise(seed)
        score = score_aux_task(labels, predicted, metrics, outer, protocol=protocol)
        estimates = [score.metrics[name] for name in ("macro_auc", "kappa")]
        values.append([estimate.value for estimate in estimates])
        covered.append(
            [e.low <= chance <= e.high for e, chance in zip(estimates, (0.5, 0.0), strict=True)]
        )
        classes = predicted.mean(axis=0).argmax(axis=1)
        pooled.append(cohen_kappa_score(labels.values, classes, weights="quadratic"))
    assert np.mean(values, axis=0) == pytest.approx([0.5, 0.0], abs=0.02)
    assert np.mean(covered) > 0.9
    assert np.mean(pooled) < -0.05, "pooled over folds, the same predictions are below chance"


def test_the_chance_level_is_that_of_one_prediction_for_all_cases() -> None:
    sizes = AuxLabels(
        task="t", title="T", kind="continuous", known=4, values=np.array([1.0, 2.0, 3.0, 10.0])
    )
    metrics = {"error": AbsoluteError("error", "continuous")}
    # 2.5 is the median
    score = score_aux_task(sizes, np.zeros((2, 4, 1)), metrics, OUTER, protocol=PROTOCOL)
    assert score.chance == {"error": (1.5 + 0.5 + 0.5 + 7.5) / 4}
    assert set(score.chance) == set(score.metrics)


@pytest.mark.parametrize("classes", [3, 4])
def test_ranks_by_a_constant_prediction_are_at_chance(classes: int) -> None:
    metrics = build_metrics("macro_auc", "kappa", "auc")
    truth = np.random.default_rng(0).integers(0, 3, 50).astype(float)
    predicted = np.random.default_rng(1).dirichlet(np.ones(classes), (2, 50))
    outer = np.array([np.arange(50) % 2, np.arange(50) // 25], dtype=np.int16)
    stage = AuxLabels(task="t", title="T", kind="ordinal", known=50, values=truth)
    score = score_aux_task(stage, predicted, metrics, outer, protocol=PROTOCOL)
    assert score.chance["macro_auc"] == pytest.approx(0.5)
    assert score.chance["kappa"] == pytest.approx(0.0)
    grade = AuxLabels(
        task="t", title="T", kind="binary", known=50, values=(truth > 1).astype(float)
    )
    score = score_aux_task(grade, predicted[..., :1], metrics, outer, protocol=PROTOCOL)
    assert score.chance == {"auc": 0.5}


def test_labels_of_examples_follow_the_predictions() -> None:
    labels = AuxLabels(
        task="t",
        title="T",
        kind="nominal",
        known=4,
        values=np.full(4, math.nan),
        from_examples=True,
    )
    truth = np.array([0.0, 1.0, 0.0, 1.0])
    right = np.stack([truth == 0, truth == 1], axis=1).astype(float)
    first = np.concatenate([right, truth[:, None]], axis=1)
    result = score_aux_task(
        labels,
        np.stack([first, first]),
        build_metrics("macro_auc"),
        OUTER,
        protocol=PROTOCOL,
    )
    assert result.metrics["macro_auc"].value == pytest.approx(1.0)
    wrong = np.stack([first, first])
    wrong[..., :2] = wrong[..., 1::-1]
    result = score_aux_task(labels, wrong, build_metrics("macro_auc"), OUTER, protocol=PROTOCOL)
    assert result.metrics["macro_auc"].value == pytest.approx(0.0)


def test_cases_that_a_method_does_not_predict_are_not_scored() -> None:
    labels = AuxLabels(
        task="t", title="T", kind="continuous", known=4, values=np.array([1.0, 2.0, 3.0, 9.0])
    )
    predicted = np.array([[[1.0], [3.0], [3.5], [math.nan]], [[2.0], [2.0], [5.0], [math.nan]]])
    metrics = {"error": AbsoluteError("error", "continuous")}
    score = score_aux_task(labels, predicted, metrics, OUTER, protocol=PROTOCOL)
    assert (score.known, score.scored) == (4, 3)
    assert score.metrics["error"].value == pytest.approx(np.mean([0.5, 0.5, 1.5, 0.0]))
