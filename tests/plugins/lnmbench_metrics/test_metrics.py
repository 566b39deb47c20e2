"""The metrics that ship: what they say of a fold, their titles and what they refuse."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
from lnmbench_metrics import register_metrics
from lnmbench_metrics.auxiliary import Dice

from lnmbench.choices import parse
from lnmbench.contracts import Metric, Thresholded
from lnmbench.errors import UserError
from lnmbench.registry import Registry
from lnmbench.stats import ordinal
from lnmbench.stats.bootstrap import Weighted, bootstrap_interval
from lnmbench.testing import check_contract

TRUTH = np.array([0.0, 0.0, 1.0, 1.0])
PREDICTED = np.array([0.1, 0.4, 0.35, 0.8])


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry()


def made(registry: Registry, text: str) -> Metric:
    metric: Metric = registry.build("metric", parse(text))
    return metric


@pytest.mark.parametrize("name", sorted(register_metrics()))
def test_keeps_the_contract(registry: Registry, name: str) -> None:
    metric = made(registry, name)
    check_contract("metric", metric)
    assert pickle.loads(pickle.dumps(metric)).title == metric.title
    low, high = metric.bounds
    assert low < high


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        ("auc", "AUC", 0.75),
        ("ap", "AP", 5 / 6),
        ("brier", "Brier", (0.01 + 0.16 + 0.65**2 + 0.04) / 4),
        ("log_loss", "Log loss", -math.log(0.9 * 0.6 * 0.35 * 0.8) / 4),
        ("net_benefit", "Net benefit at .20", 2 / 4 - 1 / 4 * 0.25),
        ("net_benefit:threshold=0.5", "Net benefit at .50", 1 / 4),
    ],
)
def test_scores_a_fold(registry: Registry, text: str, title: str, expected: float) -> None:
    metric = made(registry, text)
    assert metric(TRUTH, PREDICTED) == pytest.approx(expected)
    assert metric.title == title
    assert not isinstance(metric, Thresholded)


@pytest.mark.parametrize(
    ("text", "title", "threshold", "expected"),
    [
        ("sensitivity", "Sens. at spec. .90", 0.8, 0.5),
        ("sensitivity:specificity=0.5", "Sens. at spec. .50", 0.35, 1.0),
        ("specificity", "Spec. at sens. .90", 0.35, 0.5),
        ("specificity:sensitivity=0.5", "Spec. at sens. .50", 0.8, 1.0),
        ("ppv", "PPV at sens. .90", 0.35, 2 / 3),
        ("npv:sensitivity=0.925", "NPV at sens. .925", 0.35, 1.0),
        ("npv:sensitivity=1", "NPV at sens. 1.00", 0.35, 1.0),
    ],
)
def test_inner_folds_choose_the_threshold(
    registry: Registry, text: str, title: str, threshold: float, expected: float
) -> None:
    metric = made(registry, text)
    assert isinstance(metric, Thresholded)
    assert metric.title == title
    assert metric.threshold(TRUTH, PREDICTED) == threshold
    assert metric(TRUTH, PREDICTED, threshold) == pytest.approx(expected)


def test_the_threshold_of_training_cases_is_kept_for_test_cases(registry: Registry) -> None:
    metric = made(registry, "npv:sensitivity=1.0")
    assert isinstance(metric, Thresholded)
    threshold = metric.threshold(TRUTH, PREDICTED)
    # a positive test case below the threshold is missed, though its own fold would have seen it
    assert metric(np.array([0.0, 1.0]), np.array([0.1, 0.2]), threshold) == 0.5


@pytest.mark.parametrize(
    ("text", "truth", "threshold"),
    [
        ("sensitivity", [0.0, 0.0], 0.5),
        ("specificity", [1.0, 1.0], 0.5),
        ("ppv", [0.0, 1.0], 0.9),
        ("npv", [0.0, 1.0], 0.0),
    ],
)
def test_a_share_of_no_case_is_nan(
    registry: Registry, text: str, truth: list[float], threshold: float
) -> None:
    metric = made(registry, text)
    assert isinstance(metric, Thresholded)
    assert math.isnan(metric(np.array(truth), np.array([0.2, 0.6]), threshold))


def test_a_fold_with_one_class_has_no_auc_and_a_fold_with_nan_is_an_error(
    registry: Registry,
) -> None:
    for name in ("auc", "ap"):
        metric = made(registry, name)
        assert math.isnan(metric(np.ones(3), np.array([0.1, 0.2, 0.3])))
        with pytest.raises(ValueError, match="scores: 1 of 4"):
            metric(TRUTH, np.array([0.1, math.nan, 0.3, 0.4]))


def test_classes_are_scored_from_their_probabilities(registry: Registry) -> None:
    truth = np.array([0.0, 1.0, 2.0, 2.0])
    p = np.array([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6], [0.2, 0.2, 0.6], [0.3, 0.4, 0.3]])
    expected = ordinal.quadratic_kappa(truth, [0, 2, 2, 1], 3)
    assert made(registry, "kappa")(truth, p) == expected
    assert made(registry, "macro_auc")(truth, p) == ordinal.macro_auc(truth, p)
    alone = np.ones(4)
    assert math.isnan(made(registry, "macro_auc")(alone, p))
    assert math.isnan(made(registry, "kappa")(alone, np.tile([0.1, 0.8, 0.1], (4, 1))))


def test_measures_and_masks(registry: Registry) -> None:
    assert made(registry, "mae")(np.array([1.0, 5.0]), np.array([2.0, 2.0])) == 2.0
    truth = np.array([[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    predicted = np.array([[0.5, 0.49, 0.1, 0.0], [0.1, 0.2, 0.0, 0.0]])
    assert Dice()(truth, predicted) == pytest.approx((2 / 3 + 1) / 2)
    with pytest.raises(ValueError, match="predicted masks"):
        Dice()(truth, np.full((2, 4), math.nan))


def test_kinds_say_what_scores_what(registry: Registry) -> None:
    by_kind: dict[str, set[str]] = {}
    for name in register_metrics():
        for kind in made(registry, name).kinds:
            by_kind.setdefault(kind, set()).add(name)
    binary = by_kind.pop("binary")
    assert by_kind == {
        "ordinal": {"kappa", "macro_auc"},
        "nominal": {"macro_auc"},
        "continuous": {"mae"},
        "mask": {"dice"},
    }
    assert binary == set(register_metrics()) - {"kappa", "macro_auc", "mae", "dice"}


def test_the_worst_model_reaches_the_bound_of_net_benefit(registry: Registry) -> None:
    metric = made(registry, "net_benefit:threshold=0.4")
    assert metric(np.zeros(5), np.ones(5)) == pytest.approx(metric.bounds[0])


@pytest.mark.parametrize("name", ["auc", "ap"])
def test_the_bootstrap_of_ranks_needs_no_loop(registry: Registry, name: str) -> None:
    metric = made(registry, name)
    assert isinstance(metric, Weighted)
    y = np.arange(24) % 2.0
    p = np.round(np.random.default_rng(0).random(24), 1)
    fast = bootstrap_interval(y, p, metric, resamples=60)
    slow = bootstrap_interval(y, p, lambda a, b: metric(a, b), resamples=60)
    assert (fast.low, fast.high) == pytest.approx((slow.low, slow.high))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("npv:sensitivity=90", "metric npv has a wrong sensitivity: expected above 0 and at most"),
        ("ppv:sensitivity=0", "metric ppv has a wrong sensitivity"),
        ("specificity:sensitivity=nan", "metric specificity has a wrong sensitivity"),
        ("sensitivity:specificity=-1", "metric sensitivity has a wrong specificity"),
        ("net_benefit:threshold=1", "metric net_benefit has a wrong threshold"),
        ("net_benefit:threshold=20%", "wrong value for threshold"),
        ("npv:specificity=0.9", "has no parameter 'specificity'"),
    ],
)
def test_wrong_parameters_are_refused_in_one_line(registry: Registry, text: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        made(registry, text)
    assert "\n" not in str(refused.value)
