"""Power of the corrected test in a new cohort, where a gain implies that predictions differ.

Two networks that predict nearly the same have differences with little spread, from which a tiny
difference would seem detectable. But a method can only score better by a gain if it predicts some
cases otherwise, and which cases a new cohort has is chance. In the binormal model, scores of
separations d_a < d_b have the correlation d_a / d_b within a class if the better score leaves
nothing out that the other one knows. This gives the spread that a gain implies.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from lnmbench.stats.arrays import require_finite, spread, upper_probability

ScoreCases = Callable[[NDArray[np.float64], NDArray[np.float64]], float]
DRAWS = 200
INFORMATION = (0.15, 0.3, 0.5, 0.75, 1.0, 1.35, 1.8, 2.5, 3.5)
"""Separations of the information that the better method adds."""
MOST_CASES = 1000
_POINTS = 4000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GainCurve:
    """Standard errors (g,) of a difference in a cohort of fixed size, by true gain (g,).

    They are those of models that are fixed; training and folds add to them.
    """

    gains: NDArray[np.float64]
    errors: NDArray[np.float64]


def simulate_gains(
    metric: ScoreCases,
    *,
    auc: float,
    positives: int,
    negatives: int,
    draws: int = DRAWS,
    seed: int = 0,
) -> GainCurve:
    """Return the standard errors that gains in a metric imply, by drawing cohorts.

    The reference scores cases by s ~ N(d y, 1) with Φ(d / √2) = `auc`; the better method knows s
    and x ~ N(c y, 1), for growing c. Both give the probability by Bayes' rule, so that metrics of
    calibration are defined, too. The gain is the mean of the difference over the drawn cohorts,
    its error their SD. Of more than 1000 cases, 1000 are drawn and the error is scaled by
    √(1000 / n).

    Parameters
    ----------
    metric
        Function of labels (n,) of 0 and 1 and probabilities (n,).
    auc
        AUC of the reference; below .5 counts as .5.
    positives, negatives
        Numbers of cases.
    draws
        Number of cohorts.
    seed
        Seed of the cohorts.

    Returns
    -------
    GainCurve
        The absolute gains in ascending order, with their errors.
    """
    total = positives + negatives
    m = max(2, round(positives * min(1.0, MOST_CASES / total)))
    n = max(2, round(negatives * min(1.0, MOST_CASES / total)))
    truth = np.repeat((1.0, 0.0), (m, n))
    random = np.random.default_rng(seed)
    separation = math.sqrt(2.0) * float(scipy.special.ndtri(np.clip(auc, 0.5, 0.999)))
    prior = math.log(m / n)
    differences = np.empty((draws, len(INFORMATION)))
    for row in differences:
        known = prior + _log_ratio(truth, random.normal(size=m + n), separation)
        noise = random.normal(size=m + n)
        reference = metric(truth, scipy.special.expit(known))
        for index, added in enumerate(INFORMATION):
            updated = scipy.special.expit(known + _log_ratio(truth, noise, added))
            row[index] = metric(truth, updated) - reference
    gains = np.maximum.accumulate(np.abs(differences.mean(axis=0)))
    errors = differences.std(axis=0, ddof=1) * math.sqrt((m + n) / total)
    return GainCurve(gains=gains, errors=errors)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewCohort:
    """Standard error of the corrected test in a new cohort, as a function of the true difference.

    SE(δ)² = s² (1/J + n2/n1) + ρ K (1/J + n2/n1) σ²(δ): the first term is that of the corrected
    test on the J differences with SD s at hand, σ(δ) the error that the gain δ implies for fixed
    models, K the number of folds of a repeat. K (1/J + n2/n1) is the factor by which the corrected
    test enlarges the variance between cases. ρ is the correlation of the cases' placements by both
    methods: methods that already predict differently (ρ near 0) have that spread in s.
    """

    observed_error: float
    df: int
    share: float
    curve: GainCurve

    def error(self, difference: ArrayLike) -> NDArray[np.float64]:
        """Return the standard error for true differences, in their shape."""
        delta = np.abs(np.asarray(difference, dtype=np.float64))
        gains, variances = np.r_[0.0, self.curve.gains], np.r_[0.0, self.curve.errors**2]
        variance = self.observed_error**2 + self.share * np.interp(delta, gains, variances)
        return np.asarray(np.sqrt(variance), dtype=np.float64)

    def power(self, difference: ArrayLike, *, level: float = 0.95) -> NDArray[np.float64]:
        """Return the power of the corrected test for true differences, in their direction.

        T_{J−1}(|δ| / SE(δ) − t_{(1+level)/2, J−1}); significance in the wrong direction does not
        count.

        Parameters
        ----------
        difference
            True differences, in any shape.
        level
            One minus the size of the test, between 0 and 1.
        """
        delta, error = np.abs(np.asarray(difference, dtype=np.float64)), self.error(difference)
        quantile = float(scipy.special.stdtrit(self.df, upper_probability(level)))
        ratio: NDArray[np.float64] = delta / np.where(error > 0.0, error, np.inf)
        return np.asarray(scipy.special.stdtr(self.df, ratio - quantile), dtype=np.float64)

    def detectable(self, *, power: float = 0.8, level: float = 0.95) -> float:
        """Return the smallest true difference with the given power, infinite if there is none.

        The root of δ = (t_{(1+level)/2, J−1} + t_{power, J−1}) SE(δ). There is none if even the
        greatest gain that the metric allows has less power.

        Parameters
        ----------
        power
            Power of the test, at least .5 and less than 1.
        level
            One minus the size of the test, between 0 and 1.
        """
        quantiles = float(
            scipy.special.stdtrit(self.df, upper_probability(level))
            + scipy.special.stdtrit(self.df, power)
        )
        grid = np.linspace(0.0, float(self.curve.gains[-1]), _POINTS)[1:]
        missing = np.flatnonzero(grid < quantiles * self.error(grid))
        if not missing.size:
            return float(grid[0])
        return float(grid[missing[-1] + 1]) if missing[-1] + 1 < grid.size else math.inf


def estimate_new_cohort(
    differences: NDArray[np.float64],
    *,
    test_train_ratio: float,
    placement_correlation: float,
    curve: GainCurve,
) -> NewCohort:
    """Return the standard error of the corrected test in a new cohort of the same size.

    Parameters
    ----------
    differences
        One value for each outer fold, (repeats, folds).
    test_train_ratio
        Test cases for each training case, n2/n1.
    placement_correlation
        Correlation ρ of the cases' placements by both methods; negative counts as 0.
    curve
        Errors that gains imply for fixed models.

    Returns
    -------
    NewCohort
        The standard error by true difference.
    """
    d = require_finite(differences, "differences", at_least=2)
    factor = 1.0 / d.size + test_train_ratio
    return NewCohort(
        observed_error=spread(d) * math.sqrt(factor),
        df=d.size - 1,
        share=float(np.clip(placement_correlation, 0.0, 1.0)) * differences.shape[1] * factor,
        curve=curve,
    )


def _log_ratio(
    truth: NDArray[np.float64], noise: NDArray[np.float64], separation: float
) -> NDArray[np.float64]:
    """Return the log likelihood ratio of scores N(separation · y, 1)."""
    return separation * (noise + separation * truth) - separation**2 / 2.0
