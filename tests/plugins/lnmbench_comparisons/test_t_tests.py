from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_comparisons.t_tests import CorrectedTest, PairedTest
from scipy import stats

from lnmbench.records import Pair

MakePair = Callable[..., Pair]


def test_the_difference_is_b_minus_a_with_the_ratio_of_the_folds(pair_of_scores: MakePair) -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(size=(2, 5)), rng.uniform(size=(2, 5))
    d = (b - a).ravel()
    result = CorrectedTest()(pair_of_scores(a, b))
    assert result.estimate == pytest.approx(d.mean())
    error = d.std(ddof=1) * math.sqrt(1 / 10 + 1 / 4)
    assert result.statistic == pytest.approx(d.mean() / error)
    assert result.df == 9
    assert result.low < result.estimate < result.high
    assert result.detail == "J = 10, n2/n1 = 1/4"


def test_the_plain_t_equals_scipys(pair_of_scores: MakePair) -> None:
    rng = np.random.default_rng(1)
    a, b = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 4))
    expected = stats.ttest_rel(b.ravel(), a.ravel())
    assert PairedTest()(pair_of_scores(a, b)).pvalue == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("comparison", [CorrectedTest(), PairedTest()], ids=["corrected", "paired"])
def test_scores_equal_to_rounding_do_not_differ(
    comparison: CorrectedTest | PairedTest, pair_of_scores: MakePair
) -> None:
    a = np.full((2, 5), 0.7)
    b = a + 2.0**-52
    result = comparison(pair_of_scores(a, b))
    assert (result.estimate, result.pvalue) == (0.0, 1.0)
