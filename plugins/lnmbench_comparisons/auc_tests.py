"""Tests of AUCs with the case, not the fold, as the unit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

from lnmbench import Pair, TestResult, UserError
from lnmbench_comparisons.method_cache import MethodCache

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.stats.delong import AucTest, Components
    from lnmbench.stats.paired_bootstrap import Resampled

ComputeComponents: TypeAlias = "Callable[[NDArray[np.float64], Pair], Components]"
RESAMPLES = 2000


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
    """DeLong's test (1988) of the AUC of each repeat, averaged over the repeats; AUC only.

    Scores of different folds come from different models, but are ranked together.
    Cases count as independent: p is too small if patients have several cases.
    """

    title = "DeLong"
    role: Literal["exploratory"] = "exploratory"

    def __init__(self) -> None:
        self._test = _ComponentTest(_delong_components)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the difference of the AUCs, its 95 % interval, z and p; None if not AUC."""
        return self._test(pair)


class Bootstrap:
    """Bootstrap test of the AUC of each repeat, averaged over the repeats; AUC only.

    Cases are resampled within class; the trained models count as fixed. Scores of different folds
    come from different models, but are ranked together.
    Cases count as independent: p is too small if patients have several cases.

    Parameters
    ----------
    resamples
        Number of resamples, at least 100; p is at least 2 / (resamples + 1).
    seed
        Seed of the resamples.
    """

    title = "bootstrap"
    role: Literal["exploratory"] = "exploratory"

    def __init__(self, *, resamples: int = RESAMPLES, seed: int = 0) -> None:
        from lnmbench.stats.discrimination import prepare_auc
        from lnmbench.stats.paired_bootstrap import resample_metric

        for name, value, least in (("resamples", resamples, 100), ("seed", seed, 0)):
            if value < least:
                raise UserError(
                    f"invalid {name} for comparison bootstrap",
                    expected=f"a whole number of at least {least}",
                    got=str(value),
                )

        def compute(predicted: NDArray[np.float64], pair: Pair) -> Resampled:
            return resample_metric(
                pair.truth, predicted, prepare_auc, resamples=resamples, seed=seed
            )

        self._cache = MethodCache(compute)

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the difference, its 95 % percentile interval, and p; None if not AUC."""
        from lnmbench.stats.paired_bootstrap import compare_resampled

        if not is_auc(pair):
            return None
        a, b = self._cache.both(pair)
        test = compare_resampled(a, b)
        return TestResult(
            estimate=test.estimate,
            low=test.interval.low,
            high=test.interval.high,
            statistic=math.nan,
            df=math.inf,
            pvalue=test.pvalue,
            detail=f"AUC {a.estimate:.4f} and {b.estimate:.4f}, {a.values.size} resamples",
        )


def is_auc(pair: Pair) -> bool:
    """Return whether the metric of a pair is the AUC, whatever its parameters."""
    return pair.metric.partition(":")[0] == "auc"


def _placement_components(predicted: NDArray[np.float64], pair: Pair) -> Components:
    from lnmbench.stats.cv_auc import placement_components, placements

    return placement_components(pair.truth, placements(pair.truth, predicted, pair.fold))


def _delong_components(predicted: NDArray[np.float64], pair: Pair) -> Components:
    from lnmbench.stats.delong import delong_components

    return delong_components(pair.truth, predicted)


class _ComponentTest:
    """A test that computes the components of each method once, for all its comparisons."""

    def __init__(self, compute: ComputeComponents) -> None:
        self._cache = MethodCache(compute)

    def __call__(self, pair: Pair) -> TestResult | None:
        from lnmbench.stats.delong import compare_components

        return _result(compare_components(*self._cache.both(pair))) if is_auc(pair) else None


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
