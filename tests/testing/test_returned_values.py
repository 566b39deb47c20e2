from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import nn

from lnmbench import Card, Case, Column, Weights
from lnmbench.records import Choice, Finding
from lnmbench.registry import Registry
from lnmbench.testing import returned_values as returned
from lnmbench.testing import sample_cohort

COHORT = sample_cohort()
REGISTRY = Registry()


class Table:
    columns = (Column(name="age", role="feature"),)
    card = Card(title="t", license="l", source="s", citation="c", labels="made")
    sources, notes = (), ()

    def cases(self) -> Any:
        return [Case(id="a", values=[("age", 60)])]  # type: ignore[arg-type]


class Reader:
    columns = (Column(name="age", role="feature"),)

    def read(self, text: str) -> Any:
        return {"age": Finding(value="old", words="old")} if text else {}


class Target:
    title = "older"

    def labels(self, cohort: Any) -> Any:
        return cohort.values["age"]

    def notes(self, cohort: Any) -> Any:
        return ()


class Encoder:
    level, out_dim, weights = "slice", 5, Weights(source="none")

    def stages(self) -> Any:
        return nn.Sequential(nn.AdaptiveAvgPool2d(2), nn.Flatten())


class Task:
    title, kind, outputs = "size", "binary", 1

    def targets(self, cohort: Any) -> Any:
        return np.arange(len(cohort)) % 2.0

    def notes(self, cohort: Any) -> Any:
        return ()

    def loss(self, logits: Any, targets: Any) -> Any:
        return (logits[..., 0] - targets).detach() ** 2

    def probabilities(self, logits: Any) -> Any:
        return torch.sigmoid(logits)


class Weighting:
    def initial_scalars(self, tasks: Any) -> Any:
        return ()

    def combine(self, losses: Any, scalars: Any) -> Any:
        return losses.sum()


class Untuned:
    def estimator(self, columns: Any) -> Any:
        return LogisticRegression()

    def candidates(self) -> Any:
        return []


class Unscaled(Untuned):
    """A baseline that cannot be fitted with missing values."""

    def candidates(self) -> Any:
        return [{}]


class Metric:
    title, greater_is_better, kinds, bounds = "m", True, ("binary",), (0.0, 1.0)

    def __call__(self, truth: Any, predicted: Any) -> Any:
        return 2.0


class ColorMetric(Metric):
    kinds = ("binary", "color")


class ReaderOfIds(Reader):
    columns = (Column(name="id", role="id"),)


class UnreadableTarget(Target):
    def labels(self, cohort: Any) -> Any:
        return np.zeros(len(cohort))

    def notes(self, cohort: Any) -> Any:
        return [3]


@pytest.mark.parametrize(
    ("check", "instance", "fault"),
    [
        (returned.check_dataset_returns, Table(), "a mapping, got list of 1"),
        (returned.check_report_reader_returns, Reader(), "one that its column excludes"),
        (returned.check_target_returns, Target(), "expected 0, 1 or NaN"),
        (returned.check_encoder_returns, Encoder(), r"features of shape \(3, 5\), got shape"),
        (returned.check_aux_task_returns, Task(), "constant"),
        (returned.check_weighting_returns, Weighting(), r"the shape \(2,\), got the shape \(\)"),
        (returned.check_baseline_candidates, Untuned(), "at least one candidate"),
        (returned.check_baseline_probabilities, Unscaled(), "contains NaN"),
        (returned.check_report_reader_returns, ReaderOfIds(), "features known before surgery"),
        (returned.check_target_returns, UnreadableTarget(), "expected a text, got 3"),
        (returned.check_metric_returns, ColorMetric(), "got 'color'"),
        (returned.check_metric_returns, Metric(), "a number from 0 to 1 or NaN, got 2"),
    ],
)
def test_a_wrong_value_is_found(check: Callable[..., None], instance: object, fault: str) -> None:
    with pytest.raises(AssertionError, match=f"{type(instance).__name__} of plugin .*{fault}"):
        check(instance, COHORT)


def test_objects_of_the_registry_are_checked_as_they_are() -> None:
    returned.check_metric_returns(REGISTRY.metrics.build(Choice(name="auc")), COHORT)
    baseline = REGISTRY.baselines.build(Choice(name="logistic"))
    returned.check_baseline_probabilities(baseline, COHORT)
