"""Posterior distribution of the difference between two methods."""

from __future__ import annotations

import math
from typing import Literal

from lnmbench import Pair, TestResult, UserError
from lnmbench_comparisons.t_tests import differences


class Bayes:
    """Bayesian correlated t-test (Corani & Benavoli 2015): P(worse), P(equivalent), P(better).

    `better` is the probability of a higher number. If less is better, readers of the result swap
    it with `worse`.

    Parameters
    ----------
    rope
        Region of practical equivalence: differences within ± this value, in units of the metric,
        count as equivalent. Zero or positive. The margin that was declared for a metric replaces
        it.
    """

    title = "Bayesian correlated t"
    role: Literal["exploratory"] = "exploratory"

    def __init__(self, *, rope: float = 0.01) -> None:
        if not (math.isfinite(rope) and rope >= 0.0):
            raise UserError(
                "invalid rope for comparison bayes",
                expected="zero or a positive number",
                got=str(rope),
            )
        self.rope = rope

    def __call__(self, pair: Pair) -> TestResult:
        """Return the posterior mean of b − a, its 95 % credible interval, and the probabilities."""
        import scipy

        from lnmbench.stats.bayes import bayesian_correlated_ttest

        folds = pair.a.shape[1]
        rope = self.rope if pair.margin is None else pair.margin
        posterior = bayesian_correlated_ttest(differences(pair), folds=folds, rope=rope)
        half_width = float(scipy.special.stdtrit(posterior.df, 0.975)) * posterior.scale
        return TestResult(
            estimate=posterior.mean,
            low=posterior.mean - half_width,
            high=posterior.mean + half_width,
            statistic=math.nan,
            df=posterior.df,
            detail=f"J = {pair.a.size}, fold correlation 1/{folds}",
            worse=posterior.worse,
            equivalent=posterior.equivalent,
            better=posterior.better,
            rope=posterior.rope,
        )
