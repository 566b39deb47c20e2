from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_comparisons.posterior import Bayes
from lnmbench_comparisons.t_tests import CorrectedTest

from lnmbench.errors import UserError
from lnmbench.records import Pair

MakePair = Callable[..., Pair]


def test_equal_scores_are_equivalent_with_certainty(pair_of_scores: MakePair) -> None:
    a = np.full((2, 5), 0.7)
    result = Bayes()(pair_of_scores(a, a + 2.0**-52, metric="brier"))
    assert (result.worse, result.equivalent, result.better) == (0.0, 1.0, 0.0)
    assert (result.low, result.high) == (0.0, 0.0)


def test_the_posterior_has_no_p_value_and_the_interval_of_the_corrected_test(
    pair_of_scores: MakePair,
) -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(0.7, 0.02, (10, 10)), rng.normal(0.72, 0.02, (10, 10))
    pair = pair_of_scores(a, b, metric="ap")
    posterior, corrected = Bayes()(pair), CorrectedTest()(pair)
    assert math.isnan(posterior.pvalue)
    assert posterior.estimate == pytest.approx(corrected.estimate)
    # the uninformative prior makes the credible interval that of the corrected test
    assert (posterior.low, posterior.high) == pytest.approx((corrected.low, corrected.high))
    assert posterior.worse + posterior.equivalent + posterior.better == pytest.approx(1.0)
    assert posterior.better > posterior.equivalent > posterior.worse
    assert posterior.rope == 0.01
    wide = Bayes(rope=0.1)(pair)
    assert wide.equivalent > 0.99
    declared = Bayes()(replace(pair, margin=0.1))
    assert (declared.rope, declared.equivalent) == (0.1, wide.equivalent)


@pytest.mark.parametrize("rope", [-0.01, math.nan, math.inf])
def test_an_invalid_rope_is_refused(rope: float) -> None:
    with pytest.raises(UserError, match="invalid rope"):
        Bayes(rope=rope)
