"""Metrics of classes, of several labels, of measures and of masks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class QuadraticKappa:
    """Quadratically weighted kappa of the most probable class with the true one."""

    title = "Quadratic kappa"
    greater_is_better = True
    kinds: Sequence[Label] = ("ordinal",)
    bounds = (-1.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the kappa of (n, classes) probabilities, NaN if all cases are of one class."""
        from lnmbench.stats import ordinal

        return ordinal.quadratic_kappa(truth, predicted.argmax(axis=1), predicted.shape[1])


class MacroAuc:
    """Mean of the AUCs of each class against all others, or of each element of several labels."""

    title = "Macro AUC"
    greater_is_better = True
    kinds: Sequence[Label] = ("ordinal", "nominal", "multilabel")
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the macro AUC of (n, classes) probabilities, NaN if all cases are of one class.

        Elements (n, elements) are scored on the cases in which they are known.
        """
        from lnmbench.stats import ordinal

        if truth.ndim == 2:
            return ordinal.multilabel_auc(truth, predicted)
        if len(truth) > 0 and (truth == truth[0]).all():
            return math.nan
        return ordinal.macro_auc(truth, predicted)


class MacroAp:
    """Mean of the average precisions of each element of several labels."""

    title = "Macro AP"
    greater_is_better = True
    kinds: Sequence[Label] = ("multilabel",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the mean over the elements (n, elements) that have cases of both classes."""
        from lnmbench.stats import ordinal

        return ordinal.multilabel_average_precision(truth, predicted)


class CIndex:
    """Concordance index of ordered classes: share of pairs that the expected class orders right."""

    title = "C-index"
    greater_is_better = True
    kinds: Sequence[Label] = ("ordinal",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the index of (n, classes) probabilities, NaN if all cases are of one class."""
        import numpy as np

        from lnmbench.stats import ordinal

        return ordinal.c_index(truth, predicted @ np.arange(predicted.shape[1]))


class MeanAbsoluteError:
    """Mean absolute error, in the unit of the label."""

    title = "MAE"
    greater_is_better = False
    kinds: Sequence[Label] = ("continuous",)
    bounds = (0.0, math.inf)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the error of (n,) predicted values."""
        from lnmbench.stats import ordinal

        return ordinal.mean_absolute_error(truth, predicted)


class Dice:
    """Dice coefficient of masks; a voxel is inside if its probability is at least one half."""

    title = "Dice"
    greater_is_better = True
    kinds: Sequence[Label] = ("mask",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the mean over cases for masks (n, …) and probabilities of the same shape.

        A case with two empty masks counts 1. Raises `ValueError` for NaN.
        """
        import numpy as np

        from lnmbench.stats import ordinal

        inside = np.where(np.isnan(predicted), predicted, predicted >= 0.5)
        return ordinal.dice(truth, inside)
