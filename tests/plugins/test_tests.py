"""The comparisons `corrected` and `paired` on pairs of fold scores."""

from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_tests import register_comparisons
from scipy import stats

from lnmbench.contracts import Comparison
from lnmbench.records import Pair


def pair(a: np.ndarray, b: np.ndarray) -> Pair:
    nothing = np.zeros((a.shape[0], 0))
    return Pair(
        metric="auc",
        method_a="a",
        method_b="b",
        a=a,
        b=b,
        truth=np.zeros(0),
        predicted_a=nothing,
        predicted_b=nothing,
        fold=nothing.astype(np.int16),
    )


def made() -> dict[str, Comparison]:
    return {name: factory() for name, factory in register_comparisons().items()}


def test_exactly_one_is_primary_and_the_plain_t_is_as_published() -> None:
    assert {name: test.role for name, test in made().items()} == {
        "corrected": "primary",
        "paired": "as published",
    }


def test_difference_is_b_minus_a_with_the_ratio_of_the_folds() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(size=(2, 5)), rng.uniform(size=(2, 5))
    d = (b - a).ravel()
    result = made()["corrected"](pair(a, b))
    assert result.estimate == pytest.approx(d.mean())
    error = d.std(ddof=1) * math.sqrt(1 / 10 + 1 / 4)
    assert result.statistic == pytest.approx(d.mean() / error)
    assert result.df == 9
    assert result.low < result.estimate < result.high
    assert result.detail == "J = 10, n2/n1 = 1/4"


def test_plain_t_is_scipys() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 4))
    expected = stats.ttest_rel(b.ravel(), a.ravel())
    assert made()["paired"](pair(a, b)).pvalue == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("name", ["corrected", "paired"])
def test_scores_equal_to_rounding_show_no_difference(name: str) -> None:
    a = np.full((2, 5), 0.7)
    b = a + 2.0**-52
    result = made()[name](pair(a, b))
    assert (result.estimate, result.pvalue) == (0.0, 1.0)
