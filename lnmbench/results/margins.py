"""Verdicts within the margins that were declared before the run."""

from __future__ import annotations

from dataclasses import dataclass

import scipy

from lnmbench.records import PairComparison, Results
from lnmbench.results.formatting import (
    format_decimal,
    format_interval,
    join_and,
    metric_title,
)
from lnmbench.results.ordering import comparisons_in_order
from lnmbench.results.questions import Question
from lnmbench.stats.equivalence import MarginTest, margin_test

ONE_SIDED_ALPHA = 0.025
"""The level of superiority and non-inferiority, that of a bound of the 95 % interval."""
TOST_ALPHA = 0.05
"""The level of each of the two one-sided tests of equivalence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginVerdict:
    """A pair in one metric against the declared margin, by the corrected intervals.

    `low` and `high` are the 95 % interval of the improvement `estimate`, positive where the method
    is better; `test` has the 90 % interval.
    """

    metric_title: str
    estimate: float
    low: float
    high: float
    test: MarginTest

    @property
    def superior(self) -> bool:
        """True if the 95 % interval lies above zero."""
        return self.low > 0.0

    @property
    def inferior(self) -> bool:
        """True if the 95 % interval lies below zero."""
        return self.high < 0.0

    @property
    def non_inferior(self) -> bool:
        """True if the 95 % interval lies above −margin."""
        return self.low > -self.test.margin

    @property
    def equivalent(self) -> bool:
        """True if the 90 % interval lies within ± margin."""
        return self.test.equivalence < TOST_ALPHA

    @property
    def words(self) -> tuple[str, ...]:
        """The conclusions that the intervals allow, none if inconclusive.

        Superior or equivalent methods are not called non-inferior, too.
        """
        claims = {
            "superior": self.superior,
            "inferior": self.inferior,
            "equivalent": self.equivalent,
            "non-inferior": self.non_inferior and not (self.superior or self.equivalent),
        }
        return tuple(word for word, holds in claims.items() if holds)

    @property
    def verdict(self) -> str:
        """The conclusions in one text."""
        return join_and(self.words) or "inconclusive"

    @property
    def text(self) -> str:
        """The conclusions with the margin and the 90 % interval, as text."""
        narrow = self.test.interval
        return (
            f"{self.verdict} in {self.metric_title} (margin {format_decimal(self.test.margin)}, "
            f"90 % CI of the improvement {format_interval(narrow.low, narrow.high)})"
        )


def declared_margin(results: Results, metric: str) -> float | None:
    """Return the margin that was declared for a metric before the run, None without one."""
    return dict(results.protocol.margins).get(metric)


def margin_verdict(results: Results, comparison: PairComparison) -> MarginVerdict | None:
    """Return the verdict on a pair within the declared margin of its metric.

    Parameters
    ----------
    results
        The results with the protocol, which holds the margins.
    comparison
        The pair; b is the method, a its reference.

    Returns
    -------
    MarginVerdict or None
        The verdict; None without a declared margin, or if the pair has no primary test.
    """
    margin = declared_margin(results, comparison.metric)
    test = comparison.tests.get(results.primary)
    if margin is None or test is None:
        return None
    upward = results.metric_better.get(comparison.metric, True)
    low, high = (test.low, test.high) if upward else (-test.high, -test.low)
    estimate = test.estimate if upward else -test.estimate
    half = (test.high - test.low) / 2.0
    error = half / float(scipy.special.stdtrit(test.df, 1.0 - ONE_SIDED_ALPHA))
    return MarginVerdict(
        metric_title=metric_title(results, comparison.metric),
        estimate=estimate,
        low=low,
        high=high,
        test=margin_test(estimate, error, test.df, margin=margin, alpha=TOST_ALPHA),
    )


def question_margins(results: Results, question: Question) -> list[MarginVerdict]:
    """Return the verdicts on a question in every primary metric with a declared margin."""
    comparisons = comparisons_in_order(results) if results.protocol.margins else []
    verdicts = [
        margin_verdict(results, comparison)
        for comparison in comparisons
        if frozenset((comparison.method_a, comparison.method_b)) == question.fingerprints
    ]
    return [verdict for verdict in verdicts if verdict is not None]
