"""Scores of folds, and differences between methods.

Methods are named by their fingerprints; the report shows their labels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmbench.records.column import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoldScores:
    """One metric of one method on every outer fold: `values` of shape (repeats, folds).

    A value is NaN if the fold does not define the metric. `thresholds` (repeats, folds) are those
    that the inner folds chose, None for a metric without a threshold.
    """

    method: str
    metric: str
    values: NDArray[np.float64]
    thresholds: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuxScore:
    """Performance of a method on an auxiliary task.

    `metrics` maps each metric of the label's kind to its mean over the outer folds with the
    corrected 95 % interval, as the target's. `chance` maps the same metrics to the value of one
    prediction for all cases, the proportions of the classes or the median of a measure, and `folds`
    to the number of outer folds that define them. `known` counts the cases with any label that
    trains the network, `scored` those whose label is scored.
    """

    task: str
    title: str
    kind: Label
    known: int
    scored: int = 0
    metrics: Mapping[str, Estimate]
    chance: Mapping[str, float] = field(default_factory=dict)
    folds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval, which is NaN if it is undefined."""

    value: float
    low: float = float("nan")
    high: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pair:
    """Two methods in one metric, the input of a comparison.

    `margin` is the largest difference that does not matter, None if none was declared.

    `a` and `b` are fold scores of shape (repeats, folds); the difference is b - a.
    `truth` is (n,); `predicted_a`, `predicted_b` and `fold` are (repeats, n). Of a target with m
    outcomes, `truth` is (n, m) with NaN where unknown, and predictions are (repeats, n, m).
    """

    metric: str
    method_a: str
    method_b: str
    a: NDArray[np.float64]
    b: NDArray[np.float64]
    truth: NDArray[np.float64]
    predicted_a: NDArray[np.float64]
    predicted_b: NDArray[np.float64]
    fold: NDArray[np.int16]
    margin: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestResult:
    """The result of a statistical test of a pair.

    `low` and `high` bound the 95 % interval of `estimate`; they are NaN for a test without one.
    A Bayesian test has, instead of a p value, the probabilities that b is worse than a,
    practically equivalent (within `rope` on either side), and better; NaN for other tests.
    """

    __test__ = False  # pytest would collect it by its name

    estimate: float
    low: float
    high: float
    statistic: float
    df: float
    pvalue: float = math.nan
    detail: str = ""
    worse: float = math.nan
    equivalent: float = math.nan
    better: float = math.nan
    rope: float = math.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class PairComparison:
    """One pair in one metric with the results of every comparison, by the comparison's name.

    `holm` is the p value of the primary comparison, adjusted over the family; NaN for a descriptive
    pair, which is not in the family. `tests` is empty if a fold of either method does not define
    the metric; Holm's correction counts p = 1.
    """

    metric: str
    method_a: str
    method_b: str
    tests: dict[str, TestResult]
    holm: float

    @property
    def in_family(self) -> bool:
        """True if Holm's correction covers the pair; otherwise it is descriptive."""
        return not math.isnan(self.holm)
