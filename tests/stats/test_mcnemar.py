"""McNemar's test."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from lnmbench.stats.mcnemar import mcnemar_test


def test_p_is_that_of_the_binomial_test_of_discordant_cases() -> None:
    random = np.random.default_rng(0)
    for _ in range(20):
        a, b = random.random(40) < 0.7, random.random(40) < 0.5
        test = mcnemar_test(a, b)
        only_a, only_b = sum(x and not y for x, y in zip(a, b, strict=True)), int((b & ~a).sum())
        assert (test.only_a, test.only_b) == (only_a, only_b)
        expected = binomtest(int(only_a), int(only_a + only_b)).pvalue
        assert test.pvalue == pytest.approx(expected)


def test_equal_calls_give_p_1() -> None:
    assert mcnemar_test([True, False], [True, False]).pvalue == 1.0


def test_the_rate_of_errors_is_below_its_level() -> None:
    random = np.random.default_rng(1)
    pvalues = [
        mcnemar_test(random.random(60) < 0.6, random.random(60) < 0.6).pvalue for _ in range(400)
    ]
    assert 0.005 < np.mean(np.array(pvalues) < 0.05) < 0.07


def test_other_input_is_refused() -> None:
    with pytest.raises(ValueError, match="bool"):
        mcnemar_test([1, 0], [True, False])
    with pytest.raises(ValueError, match="one length"):
        mcnemar_test([True], [True, False])
