"""Mean ± SD over the folds of cross-validation, and t-tests of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.stats.resampled import (
    ResampledTest,
    corrected_resampled_ttest,
    minimum_detectable_difference,
    paired_ttest,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One metric of one method: mean and SD over the outer folds, as published."""

    method: str
    metric: str
    mean: float
    sd: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.mean) and math.isfinite(self.sd) and self.sd > 0.0):
            raise UserError(
                f"{self.metric} of {self.method}",
                expected="a mean and an SD above 0",
                got=f"{self.mean:g} ± {self.sd:g}",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Repeated cross-validation, and the two t-tests over its folds for a mean and an SD."""

    folds: int
    repeats: int

    def __post_init__(self) -> None:
        if self.folds < 2 or self.repeats < 1:
            raise UserError(
                "cross-validation",
                expected="2 folds or more and 1 repeat or more",
                got=f"{self.folds} folds, {self.repeats} repeats",
            )

    @property
    def count(self) -> int:
        """J, the number of outer folds over all repeats."""
        return self.folds * self.repeats

    @property
    def ratio(self) -> float:
        """Test cases for each training case, n2/n1."""
        return 1.0 / (self.folds - 1)

    def make_values(self, mean: float, sd: float) -> NDArray[np.float64]:
        """Return made-up values (J,) of exactly this mean and SD; t-tests depend on no more."""
        even = np.linspace(-1.0, 1.0, self.count)
        values: NDArray[np.float64] = mean + sd * even / even.std(ddof=1)
        return values

    def plain(self, mean: float, sd: float, level: float = 0.95) -> ResampledTest:
        """Return the plain paired t-test of such values."""
        return paired_ttest(self.make_values(mean, sd), level=level)

    def corrected(self, mean: float, sd: float, level: float = 0.95) -> ResampledTest:
        """Return the corrected resampled t-test of such values."""
        return corrected_resampled_ttest(
            self.make_values(mean, sd), test_train_ratio=self.ratio, level=level
        )

    def detectable(self, sd: float) -> float:
        """Return the difference that the corrected test detects with 80 % power."""
        return minimum_detectable_difference(self.make_values(0.0, sd), test_train_ratio=self.ratio)


Test = Callable[[float, float, float], ResampledTest]


def sd_of_difference(a: Published, b: Published, correlation: float) -> float:
    """Return s_d if the folds of a and b have this correlation."""
    variance = a.sd**2 + b.sd**2 - 2.0 * correlation * a.sd * b.sd
    return math.sqrt(max(0.0, variance))


def minimum_correlation(a: Published, b: Published, test: Test, alpha: float) -> float:
    """Return the ρ above which p < alpha: NaN if no ρ is enough, −1 if every ρ is."""
    half = test(0.0, 1.0, 1.0 - alpha).interval.high  # half an interval for s_d = 1
    largest = abs(round(b.mean - a.mean, 9)) / half
    minimum = (a.sd**2 + b.sd**2 - largest**2) / (2.0 * a.sd * b.sd)
    return math.nan if minimum >= 1.0 else max(-1.0, minimum)


def list_pairs(table: Sequence[Published]) -> Iterator[tuple[Published, Published]]:
    """Yield the pairs of methods that have a metric in common."""
    yield from ((a, b) for a, b in combinations(table, 2) if a.metric == b.metric)
