"""Tests of AUCs with the case, not the fold, as the unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from lnmbench import Pair, TestResult
from lnmbench.stats.cv_auc import placement_components, placements
from lnmbench.stats.delong import (
    AucTest,
    Components,
    compare_components,
    delong_components,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ComputeComponents = Callable[["NDArray[np.float64]", Pair], Components]


class Placement:
    """Test of placements within test folds, averaged over repeats (LeDell et al. 2015); AUC only.

    Cases count as independent: p is too small if patients have several cases.
    """

    title = "placement"
    role: Literal["exploratory"] = "exploratory"

    def __init__(self) -> None:
        self._test = _ComponentTest(_placement_components)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the mean difference of placements, its 95 % interval, z and p; None if not AUC."""
        return self._test(pair)


class DeLong:
    """DeLong's test (1988) of probabilities averaged over the repeats; AUC only.

    Scores of different folds come from different models, but are ranked together.
    Cases count as independent: p is too small if patients have several cases.
    """

    title = "DeLong"
    role: Literal["exploratory"] = "exploratory"

    def __init__(self) -> None:
        self._test = _ComponentTest(_mean_components)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the difference of the AUCs, its 95 % interval, z and p; None if not AUC."""
        return self._test(pair)


def _placement_components(predicted: NDArray[np.float64], pair: Pair) -> Components:
    return placement_components(pair.truth, placements(pair.truth, predicted, pair.fold))


def _mean_components(predicted: NDArray[np.float64], pair: Pair) -> Components:
    return delong_components(pair.truth, predicted.mean(axis=0))


class _ComponentTest:
    """A test that computes the components of each method once, for all its comparisons."""

    def __init__(self, compute: ComputeComponents) -> None:
        self._compute = compute
        self._cache: dict[str, tuple[NDArray[np.float64], Components]] = {}

    def __call__(self, pair: Pair) -> TestResult | None:
        if pair.metric.partition(":")[0] != "auc":
            return None
        a = self._components(pair.method_a, pair.predicted_a, pair)
        b = self._components(pair.method_b, pair.predicted_b, pair)
        return _result(compare_components(a, b))

    def _components(self, method: str, predicted: NDArray[np.float64], pair: Pair) -> Components:
        cached = self._cache.get(method)
        # another run may hold other predictions of a method with the same fingerprint
        if cached is None or cached[0] is not predicted:
            cached = self._cache[method] = (predicted, self._compute(predicted, pair))
        return cached[1]


def _result(test: AucTest) -> TestResult:
    return TestResult(
        estimate=test.estimate,
        low=test.interval.low,
        high=test.interval.high,
        statistic=test.statistic,
        df=float("inf"),
        pvalue=test.pvalue,
        detail=f"AUC {test.auc_a:.4f} and {test.auc_b:.4f}",
    )
