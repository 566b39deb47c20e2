"""Gain by an auxiliary label: one that carries the risk has it, one of noise has none."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from scipy.special import expit

from lnmbench import Cohort

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(BENCHMARKS)
    return importlib.import_module("ideal_label")


def draw_images(random: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a latent (n,) and features (n, 150) that show it, beneath noise."""
    latent = random.standard_normal(n)
    direction = random.standard_normal(150) / np.sqrt(150)
    return latent, random.standard_normal((n, 150)) + 3.0 * latent[:, None] * direction


def test_the_latent_helps_and_noise_does_not(
    module: ModuleType, make_cohort: Callable[..., Cohort]
) -> None:
    random = np.random.default_rng(2)
    latent, features = draw_images(random, 200)
    labels = {"latent": latent[:, None], "noise": random.standard_normal((200, 1))}
    areas = module.simulate_gain(
        features, make_cohort(n=200), expit(latent - 1), labels, redraws=6, folds=3, seed=0
    )
    image, clinical = (areas[name].mean() for name in (module.IMAGE, module.CLINICAL))
    assert clinical == pytest.approx(0.5, abs=0.08)
    assert image > clinical + 0.05
    assert areas["latent"].mean() > image + 0.03
    assert areas["noise"].mean() == pytest.approx(image, abs=0.02)


def test_visibility_is_a_correlation_on_cases_out_of_the_training(module: ModuleType) -> None:
    random = np.random.default_rng(3)
    latent, features = draw_images(random, 300)
    labels = np.column_stack([latent, random.standard_normal(300)])
    reached = module.measure_visibility(features, labels, folds=5, repeats=2).mean(axis=0)
    assert reached[0] > 0.8
    assert reached[1] == pytest.approx(0.0, abs=0.15)


def test_the_error_is_that_of_a_mean(module: ModuleType) -> None:
    estimate = module.estimate(np.array([0.1, 0.2, 0.3, 0.4]))
    assert (estimate.mean, estimate.error) == pytest.approx((0.25, 0.0645497))
