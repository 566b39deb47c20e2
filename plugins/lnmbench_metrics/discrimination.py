"""The metrics that the paper reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench.stats import discrimination

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Auc:
    """Area under the ROC curve; ties count half."""

    title = "AUC"
    primary = True
    greater_is_better = True

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the AUC of (n,) probabilities. Raises `ValueError` for one class only."""
        return discrimination.auc(truth, predicted)


class AveragePrecision:
    """Average precision; chance is the prevalence."""

    title = "AP"
    primary = True
    greater_is_better = True

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the AP of (n,) probabilities. Raises `ValueError` for one class only."""
        return discrimination.average_precision(truth, predicted)
