"""The ten-line pipeline: it finds a signal in images, and none in noise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lnmbench import Cohort
from lnmbench.records import Plan, Preprocessing, Protocol
from lnmbench.stages.plan import make_splits

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    import importlib

    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("linear_pipeline")


def make_plan(cohort: Cohort, truth: np.ndarray) -> Plan:
    protocol = Protocol(repeats=1, folds=4, inner=3)
    return Plan(
        dataset="toy",
        fingerprint="",
        card=cohort.card,
        preprocessing=Preprocessing(),
        protocol=protocol,
        ids=cohort.ids,
        truth=truth,
        patients=np.arange(len(truth)),
        splits=make_splits(cohort.ids, truth, cohort.ids, protocol),
    )


def test_means_are_those_of_the_slices_of_a_case(pipeline: ModuleType) -> None:
    features = np.array([[1.0, 2.0], [3.0, 6.0], [5.0, 5.0]], dtype=np.float32)
    means = pipeline.mean_features(features, np.array([0, 2, 3]))
    assert means.tolist() == [[2.0, 4.0], [5.0, 5.0]]


def test_signal_and_noise(pipeline: ModuleType, make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort(n=200)
    random = np.random.default_rng(1)
    truth = (random.random(200) < 0.4).astype(float)
    plan = make_plan(cohort, truth)
    noise = random.standard_normal((200, 400))  # fits any label of its own training cases
    aucs = []
    for strength in (0.0, 1.5):
        images = noise + strength * (truth[:, None] - 0.4) * (np.arange(400) < 60)
        predicted = pipeline.predict_out_of_fold(images, cohort, plan)
        aucs.append(roc_auc_score(truth, predicted[0]))
    assert 0.35 < aucs[0] < 0.65
    assert aucs[1] > 0.9
