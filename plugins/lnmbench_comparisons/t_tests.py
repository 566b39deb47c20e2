"""t-tests of the differences of outer folds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lnmbench import Pair, TestResult

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.stats.resampled import ResampledTest

ROUNDING = 1e-12  # two orders of summation may move an equal score by this much


class CorrectedTest:
    """Corrected resampled t-test (Nadeau & Bengio 2003), adjusted for shared training cases."""

    title = "corrected resampled t"
    role: Literal["primary"] = "primary"

    def __call__(self, pair: Pair) -> TestResult:
        """Return d̄ = mean(b − a) with its corrected 95 % interval and two-sided p value."""
        from lnmbench.stats.resampled import corrected_resampled_ttest

        folds = pair.a.shape[1]
        ratio = 1.0 / (folds - 1)
        test = corrected_resampled_ttest(differences(pair), test_train_ratio=ratio)
        return _result(test, detail=f"J = {pair.a.size}, n2/n1 = 1/{folds - 1}")


class PairedTest:
    """Plain paired t-test over the folds, which wrongly treats them as independent."""

    title = "plain paired t"
    role: Literal["as published"] = "as published"

    def __call__(self, pair: Pair) -> TestResult:
        """Return d̄ = mean(b − a) with its uncorrected 95 % interval and two-sided p value."""
        from lnmbench.stats.resampled import paired_ttest

        return _result(paired_ttest(differences(pair)), detail=f"J = {pair.a.size}")


def differences(pair: Pair) -> NDArray[np.float64]:
    """Return b − a of shape (repeats, folds), exactly zero where the scores agree to rounding."""
    import numpy as np

    d = pair.b - pair.a
    return np.where(np.abs(d) <= ROUNDING, 0.0, d)


def _result(test: ResampledTest, *, detail: str) -> TestResult:
    return TestResult(
        estimate=test.estimate,
        low=test.interval.low,
        high=test.interval.high,
        statistic=test.statistic,
        df=test.df,
        pvalue=test.pvalue,
        detail=detail,
    )
