"""Metrics at one threshold: sensitivity, specificity, predictive values and net benefit.

A case is called positive if its probability reaches the threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Literal

from lnmbench import UserError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.records import Label


class AtThreshold:
    """A proportion of cases at the threshold that the inner folds choose.

    Parameters
    ----------
    title
        Name in tables.
    proportion
        The proportion to return.
    choose
        Function of labels (t,) and probabilities (t,) that returns the threshold.
    """

    greater_is_better = True
    kinds: Sequence[Label] = ("binary",)
    bounds = (0.0, 1.0)

    def __init__(
        self,
        title: str,
        proportion: Literal["sensitivity", "specificity", "ppv", "npv"],
        choose: Callable[..., float],
    ) -> None:
        self.title = title
        self._proportion = proportion
        self._choose = choose

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold for the validation predictions of training cases.

        Parameters
        ----------
        truth
            (t,) labels, 0 or 1.
        predicted
            (t,) probabilities.

        Raises
        ------
        ValueError
            If all cases are of one class.
        """
        return self._choose(truth, predicted)

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the proportion, NaN if its denominator is 0.

        Parameters
        ----------
        truth
            (n,) labels, 0 or 1.
        predicted
            (n,) probabilities.
        threshold
            Least probability that is called positive.
        """
        from lnmbench.stats.operating_points import count_outcomes

        counts = count_outcomes(truth, predicted, threshold)
        proportions = {
            "sensitivity": counts.sensitivity,
            "specificity": counts.specificity,
            "ppv": counts.ppv,
            "npv": counts.npv,
        }
        return proportions[self._proportion]


def sensitivity(*, specificity: float = 0.9) -> AtThreshold:
    """Sensitivity at the threshold that reaches a specificity on the inner folds.

    Parameters
    ----------
    specificity
        Specificity to reach, above 0 and at most 1.
    """
    from lnmbench.stats.operating_points import threshold_for_specificity

    _check_proportion(specificity, metric="sensitivity", parameter="specificity")
    choose = partial(threshold_for_specificity, at_least=specificity)
    return AtThreshold(f"Sens. at spec. {format_proportion(specificity)}", "sensitivity", choose)


def specificity(*, sensitivity: float = 0.9) -> AtThreshold:
    """Specificity at the threshold that reaches a sensitivity on the inner folds.

    Parameters
    ----------
    sensitivity
        Sensitivity to reach, above 0 and at most 1.
    """
    return _at_sensitivity(sensitivity, "specificity", "Spec.")


def ppv(*, sensitivity: float = 0.9) -> AtThreshold:
    """Positive predictive value at the threshold that reaches a sensitivity on the inner folds.

    Parameters
    ----------
    sensitivity
        Sensitivity to reach, above 0 and at most 1.
    """
    return _at_sensitivity(sensitivity, "ppv", "PPV")


def npv(*, sensitivity: float = 0.9) -> AtThreshold:
    """Negative predictive value at the threshold that reaches a sensitivity on the inner folds.

    Parameters
    ----------
    sensitivity
        Sensitivity to reach, above 0 and at most 1.
    """
    return _at_sensitivity(sensitivity, "npv", "NPV")


class NetBenefit:
    """Net benefit of treating the cases whose probability reaches a threshold.

    Parameters
    ----------
    threshold
        Probability from which cases are treated, above 0 and below 1. It sets how many false
        positives outweigh one true positive, so it is fixed and not chosen on the inner folds.
    """

    greater_is_better = True
    needs_probabilities = True
    kinds: Sequence[Label] = ("binary",)

    def __init__(self, *, threshold: float = 0.2) -> None:
        if not 0.0 < threshold < 1.0:
            raise UserError(
                "invalid threshold for metric net_benefit",
                expected="above 0 and below 1",
                got=str(threshold),
            )
        self.treated_from = threshold
        self.title = f"Net benefit at {format_proportion(threshold)}"
        self.bounds = (-threshold / (1.0 - threshold), 1.0)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the net benefit of (n,) probabilities, in true positives per case."""
        from lnmbench.stats import decision_curves

        return float(decision_curves.net_benefit(truth, predicted, self.treated_from))


def format_proportion(proportion: float) -> str:
    """Return a proportion as journals print it, with two digits or as many as it has.

    Examples
    --------
    >>> format_proportion(0.9), format_proportion(0.925), format_proportion(1.0)
    ('.90', '.925', '1.00')
    """
    digits = next((d for d in range(2, 7) if round(proportion, d) == proportion), 6)
    text = f"{proportion:.{digits}f}"
    return text[1:] if text.startswith("0") else text


def _at_sensitivity(
    sensitivity: float, metric: Literal["specificity", "ppv", "npv"], abbreviation: str
) -> AtThreshold:
    from lnmbench.stats.operating_points import threshold_for_sensitivity

    _check_proportion(sensitivity, metric=metric, parameter="sensitivity")
    choose = partial(threshold_for_sensitivity, at_least=sensitivity)
    title = f"{abbreviation} at sens. {format_proportion(sensitivity)}"
    return AtThreshold(title, metric, choose)


def _check_proportion(value: float, *, metric: str, parameter: str) -> None:
    """Raise `UserError` for a proportion that no threshold can reach."""
    if not 0.0 < value <= 1.0:
        raise UserError(
            f"invalid {parameter} for metric {metric}",
            expected="above 0 and at most 1",
            got=str(value),
        )
