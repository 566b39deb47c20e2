"""Agreement of ratings and of probabilities."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import scipy
from lnmbench_report.untrained_methods.rating_agreement import compare_ratings
from sklearn.metrics import cohen_kappa_score

from lnmbench.records import BaselineMethod, Choice, PredictionScale, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import SINGLE_TASK, sample_predictions, sample_results

RANGES = {"first": (1.0, 5.0), "second": (2.0, 5.0), "third": None}


def make_results(scale: PredictionScale, values: dict[str, np.ndarray]) -> Results:
    """Results with readers of one scale, whose ratings are stored from 0 to 1."""
    predictions = sample_predictions([(SINGLE_TASK, 1.0)])
    methods = []
    for name, numbers in values.items():
        bounds = RANGES[name] if scale == "rating" else None
        method = BaselineMethod(
            label=name,
            baseline=Choice(name="predictions", parameters={"column": name}),
            trained=False,
            scale=scale,
            partial=True,
            rating_range=bounds,
        )
        low, high = bounds or (np.nanmin(numbers), np.nanmax(numbers))
        stored = (numbers - low) / (high - low) if scale == "rating" else numbers
        predictions[method.fingerprint] = np.tile(stored, (4, 1))
        methods.append((method, 0.0))
    return sample_results([(SINGLE_TASK, 1.0), *methods], predictions=predictions)


@pytest.fixture
def ratings() -> dict[str, np.ndarray]:
    """Ratings from 1 to 5 of two readers, of whom one never writes 1, and of a third."""
    random = np.random.default_rng(11)
    first = random.integers(1, 6, 200).astype(float)
    second = np.clip(first + random.integers(-1, 2, 200), 2, 5)
    first[:3] = (1, 5, 3)
    second[3:5] = (2, 5)
    first[:40], second[190:] = np.nan, np.nan
    return {"first": first, "second": second, "third": np.where(second > 3, 1.0, 0.0)}


def test_ratings_are_compared_as_they_were_written(
    ratings: dict[str, np.ndarray], column_texts: Callable[[Table, str], list[str]]
) -> None:
    ratings["first"][50:52] = (1, 5)
    (table,) = compare_ratings(make_results("rating", ratings))
    assert isinstance(table, Table)
    assert column_texts(table, "readers") == [
        "first and second",
        "first and third",
        "second and third",
    ]
    assert [row[1].value for row in table.rows] == [150, 160, 190]
    common = slice(40, 190)
    first, second = (ratings[name][common].astype(int) for name in ("first", "second"))
    kappa, ranks = table.rows[0][2:]
    expected = cohen_kappa_score(first, second, weights="quadratic")
    assert kappa.value == pytest.approx(expected)
    assert kappa.low is not None
    assert kappa.high is not None
    assert kappa.low < expected < kappa.high
    assert ranks.value == pytest.approx(scipy.stats.spearmanr(first, second).statistic)
    assert [row[2].text for row in table.rows[1:]] == ["–", "–"]
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_probabilities_have_no_threshold() -> None:
    random = np.random.default_rng(12)
    first = random.random(200)
    second = np.clip(first + random.normal(0, 0.1, 200), 0, 1)
    second[:30] = np.nan
    (table,) = compare_ratings(make_results("probability", {"first": first, "second": second}))
    assert isinstance(table, Table)
    _, cases, ranks, difference = table.rows[0]
    assert cases.value == 170
    assert ranks.value == pytest.approx(scipy.stats.spearmanr(first[30:], second[30:]).statistic)
    assert difference.value == pytest.approx(np.abs(first - second)[30:].mean())
    assert difference.low is not None
    assert difference.high is not None
    assert difference.low < np.abs(first - second)[30:].mean() < difference.high
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_methods_of_different_scales_or_cases_are_not_compared(
    readers: Results, ratings: dict[str, np.ndarray]
) -> None:
    assert list(compare_ratings(readers)) == []
    halves = {
        "first": np.where(np.arange(200) < 100, ratings["third"], np.nan),
        "second": np.where(np.arange(200) < 100, np.nan, ratings["third"]),
    }
    assert list(compare_ratings(make_results("probability", halves))) == []
    single = make_results("rating", {"first": ratings["first"]})
    assert list(compare_ratings(single)) == []
    assert list(compare_ratings(replace(readers, method_results=()))) == []
