"""The metrics that the paper reports."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench.stats import discrimination

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class Auc:
    """Area under the ROC curve; ties count half."""

    title = "AUC"
    greater_is_better = True
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the AUC of (n,) probabilities, NaN where there is one class only."""
        return discrimination.auc(truth, predicted) if _both(truth) else math.nan

    def weighted(
        self,
        truth: NDArray[np.float64],
        predicted: NDArray[np.float64],
        weights: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the AUC, (b,), of weightings (b, n) of the cases, for the bootstrap."""
        return discrimination.weighted_auc(truth, predicted, weights)


class AveragePrecision:
    """Average precision; chance is the prevalence."""

    title = "AP"
    greater_is_better = True
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the AP of (n,) probabilities, NaN where there is one class only."""
        return discrimination.average_precision(truth, predicted) if _both(truth) else math.nan

    def weighted(
        self,
        truth: NDArray[np.float64],
        predicted: NDArray[np.float64],
        weights: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the AP, (b,), of weightings (b, n) of the cases, for the bootstrap."""
        return discrimination.weighted_average_precision(truth, predicted, weights)


def _both(truth: NDArray[np.float64]) -> bool:
    # what is no label at all is for the statistic to refuse
    return not (len(truth) > 0 and (truth == truth[0]).all())
