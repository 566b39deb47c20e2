"""How far the probabilities lie from what happened."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench.stats import scoring_rules

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class Brier:
    """Mean squared difference of probability and outcome."""

    title = "Brier"
    greater_is_better = False
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the Brier score of (n,) probabilities."""
        return scoring_rules.brier(truth, predicted)


class LogLoss:
    """Mean of −log of the probability given to the outcome."""

    title = "Log loss"
    greater_is_better = False
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, math.inf)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the log loss of (n,) probabilities."""
        return scoring_rules.log_loss(truth, predicted)
