"""Shares at the threshold that the inner folds choose: positive where p reaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from lnmbench.stats.operating_points import (
    called,
    threshold_for_sensitivity,
    threshold_for_specificity,
)
from lnmbench_metrics.shares import printed, wanted_share

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class AtThreshold:
    """One share of the cases at a threshold, and how the threshold is chosen."""

    greater_is_better = True
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, 1.0)

    def __init__(
        self,
        title: str,
        share: Literal["sensitivity", "specificity", "ppv", "npv"],
        choose: Callable[..., float],
    ) -> None:
        self.title = title
        self._share = share
        self._choose = choose

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold that (t,) validation predictions of training cases call for.

        Raises `ValueError` for one class only.
        """
        return self._choose(truth, predicted)

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the share, NaN where it is one of no case."""
        counts = called(truth, predicted, threshold)
        shares = {
            "sensitivity": counts.sensitivity,
            "specificity": counts.specificity,
            "ppv": counts.ppv,
            "npv": counts.npv,
        }
        return shares[self._share]


def sensitivity(*, specificity: float = 0.9) -> AtThreshold:
    """Sensitivity at the threshold that reaches a specificity on the inner folds.

    Raises `UserError` for a specificity that is not above 0 and at most 1; so do the others.
    """
    reached = wanted_share(specificity, metric="sensitivity", parameter="specificity")
    choose = partial(threshold_for_specificity, at_least=reached)
    return AtThreshold(f"Sens. at spec. {printed(reached)}", "sensitivity", choose)


def specificity(*, sensitivity: float = 0.9) -> AtThreshold:
    """Specificity at the threshold that reaches a sensitivity on the inner folds."""
    reached = wanted_share(sensitivity, metric="specificity", parameter="sensitivity")
    choose = partial(threshold_for_sensitivity, at_least=reached)
    return AtThreshold(f"Spec. at sens. {printed(reached)}", "specificity", choose)


def ppv(*, sensitivity: float = 0.9) -> AtThreshold:
    """Positive predictive value at the inner-fold threshold that reaches a sensitivity."""
    reached = wanted_share(sensitivity, metric="ppv", parameter="sensitivity")
    choose = partial(threshold_for_sensitivity, at_least=reached)
    return AtThreshold(f"PPV at sens. {printed(reached)}", "ppv", choose)


def npv(*, sensitivity: float = 0.9) -> AtThreshold:
    """Negative predictive value at the inner-fold threshold that reaches a sensitivity."""
    reached = wanted_share(sensitivity, metric="npv", parameter="sensitivity")
    choose = partial(threshold_for_sensitivity, at_least=reached)
    return AtThreshold(f"NPV at sens. {printed(reached)}", "npv", choose)
