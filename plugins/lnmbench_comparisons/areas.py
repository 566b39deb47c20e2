"""Tests of AUCs that take the case, not the fold, as the unit."""

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

Role = Literal["primary", "beside", "as published"]
Work = Callable[["NDArray[np.float64]", Pair], Components]


class Placement:
    """Placements within test folds, averaged over repeats (LeDell et al. 2015): for the AUC.

    Cases are taken for independent: several of one patient make p smaller than it should be.
    """

    title = "placement"
    role: Role = "beside"

    def __init__(self) -> None:
        self._methods = _Methods(_placed)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the mean difference of placements, its 95 % interval, z and p; for the AUC."""
        return self._methods.compared(pair)


class DeLong:
    """DeLong's test (1988) on probabilities averaged over the repeats: for the AUC.

    Scores of different folds come from different models, and are ranked as if they came from one.
    Cases are taken for independent: several of one patient make p smaller than it should be.
    """

    title = "DeLong"
    role: Role = "beside"

    def __init__(self) -> None:
        self._methods = _Methods(_averaged)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the difference of the AUCs, its 95 % interval, z and p; for the AUC."""
        return self._methods.compared(pair)


def _placed(predicted: NDArray[np.float64], pair: Pair) -> Components:
    return placement_components(pair.truth, placements(pair.truth, predicted, pair.fold))


def _averaged(predicted: NDArray[np.float64], pair: Pair) -> Components:
    return delong_components(pair.truth, predicted.mean(axis=0))


class _Methods:
    """The work for each method, done once however many methods it is compared with."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._done: dict[str, tuple[NDArray[np.float64], Components]] = {}

    def compared(self, pair: Pair) -> TestResult | None:
        if pair.metric.partition(":")[0] != "auc":
            return None
        a = self._components(pair.method_a, pair.predicted_a, pair)
        b = self._components(pair.method_b, pair.predicted_b, pair)
        return _result(compare_components(a, b))

    def _components(self, method: str, predicted: NDArray[np.float64], pair: Pair) -> Components:
        known = self._done.get(method)
        if known is None or known[0] is not predicted:
            known = self._done[method] = (predicted, self._work(predicted, pair))
        return known[1]


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
