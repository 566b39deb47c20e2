"""What the folds let us believe of a difference, in place of a p value."""

from __future__ import annotations

import math
from typing import Literal

from scipy.special import stdtrit

from lnmbench import Pair, TestResult, UserError
from lnmbench.stats.bayes import bayesian_correlated_ttest
from lnmbench_comparisons.resampled import differences

Role = Literal["primary", "beside", "as published"]


class Bayes:
    """Bayesian correlated t-test (Corani & Benavoli 2015): P(worse), P(equivalent), P(better).

    Differences within ± `rope`, in the metric's own units, are too small to matter. `better` is
    the probability of a higher number: of a metric where less is better, readers swap it with
    `worse`. Raises `UserError` for a rope that is negative or not finite.
    """

    title = "Bayesian correlated t"
    role: Role = "beside"

    def __init__(self, *, rope: float = 0.01) -> None:
        if not (math.isfinite(rope) and rope >= 0.0):
            raise UserError(
                "comparison bayes has a wrong rope",
                expected="zero or a positive number",
                got=str(rope),
            )
        self.rope = rope

    def __call__(self, pair: Pair) -> TestResult:
        """Return the posterior mean of b − a, its 95 % credible interval, and the probabilities."""
        folds = pair.a.shape[1]
        posterior = bayesian_correlated_ttest(differences(pair), folds=folds, rope=self.rope)
        half = float(stdtrit(posterior.df, 0.975)) * posterior.scale
        return TestResult(
            estimate=posterior.mean,
            low=posterior.mean - half,
            high=posterior.mean + half,
            statistic=math.nan,
            df=posterior.df,
            detail=f"J = {pair.a.size}, fold correlation 1/{folds}",
            worse=posterior.worse,
            equivalent=posterior.equivalent,
            better=posterior.better,
            rope=posterior.rope,
        )
