"""What acting on the probabilities is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import UserError
from lnmbench.stats import decision_curves
from lnmbench_metrics.shares import printed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class NetBenefit:
    """Net benefit of treating the cases whose probability reaches a threshold.

    The threshold says how many false positives one true positive is worth, so that it is given
    and not chosen. Raises `UserError` for one that is not above 0 and below 1.
    """

    greater_is_better = True
    kinds: Sequence[Label] = ("binary",)

    def __init__(self, *, threshold: float = 0.2) -> None:
        if not 0.0 < threshold < 1.0:
            raise UserError(
                "metric net_benefit has a wrong threshold",
                expected="above 0 and below 1",
                got=str(threshold),
            )
        self.treated_from = threshold
        self.title = f"Net benefit at {printed(threshold)}"
        self.bounds = (-threshold / (1.0 - threshold), 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the net benefit of (n,) probabilities, in true positives for each case."""
        return float(decision_curves.net_benefit(truth, predicted, self.treated_from))
