"""Metrics of a binary target: AUC, average precision, Brier score and log loss."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class BinaryMetric:
    """A statistic of binary labels and predicted probabilities.

    Parameters
    ----------
    title
        Name in tables.
    greater_is_better
        Whether a greater number is a better one.
    bounds
        Least and greatest value.
    statistic
        Function of labels (n,) and probabilities (n,).
    needs_probabilities
        Whether the metric is undefined for scores that only order the cases.
    """

    title: str
    greater_is_better: bool
    bounds: tuple[float, float]
    statistic: Callable[[NDArray[np.float64], NDArray[np.float64]], float]
    kinds: Sequence[Label] = ("binary",)
    needs_probabilities: bool = False

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric of (n,) probabilities."""
        return self.statistic(truth, predicted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RankMetric(BinaryMetric):
    """A statistic of the order of the probabilities; it needs cases of both classes."""

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric of (n,) probabilities, NaN if all cases are of one class."""
        # the statistic itself refuses an empty array and values that are not labels
        if len(truth) > 0 and (truth == truth[0]).all():
            return math.nan
        return self.statistic(truth, predicted)


def auc() -> RankMetric:
    """Area under the ROC curve; ties count half."""
    from lnmbench.stats import discrimination

    return RankMetric(
        title="AUC",
        greater_is_better=True,
        bounds=(0.0, 1.0),
        statistic=discrimination.auc,
    )


def average_precision() -> RankMetric:
    """Average precision; its chance level is the prevalence."""
    from lnmbench.stats import discrimination

    return RankMetric(
        title="AP",
        greater_is_better=True,
        bounds=(0.0, 1.0),
        statistic=discrimination.average_precision,
    )


def brier() -> BinaryMetric:
    """Brier score: mean squared difference between probability and label."""
    from lnmbench.stats import scoring_rules

    return BinaryMetric(
        title="Brier",
        greater_is_better=False,
        bounds=(0.0, 1.0),
        statistic=scoring_rules.brier,
        needs_probabilities=True,
    )


def log_loss() -> BinaryMetric:
    """Log loss: mean of −log of the probability of the true label."""
    from lnmbench.stats import scoring_rules

    return BinaryMetric(
        title="Log loss",
        greater_is_better=False,
        bounds=(0.0, math.inf),
        statistic=scoring_rules.log_loss,
        needs_probabilities=True,
    )
