"""Contracts of metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lnmbench.records import Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@runtime_checkable
class Metric(Protocol):
    """A score of predictions."""

    @property
    def title(self) -> str:
        """Name in tables."""

    @property
    def greater_is_better(self) -> bool:
        """True if a greater value is better."""

    @property
    def kinds(self) -> Sequence[Label]:
        """Kinds of label that it scores; of targets, `binary`, `multilabel` or `ordinal`."""

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and greatest possible value; intervals are truncated to them."""

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric, NaN if it is undefined for these cases.

        For a binary label, truth is (n,) of 0 and 1 and predicted its probability (n,); for
        classes, truth is (n,) of class numbers and predicted (n, classes); otherwise both have the
        same shape. Unknown elements of a `multilabel` are NaN in truth.
        """


@runtime_checkable
class Thresholded(Protocol):
    """A metric at a threshold that is chosen on validation predictions; optional."""

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold for the validation predictions of training cases.

        Parameters
        ----------
        truth
            Labels 0 and 1, (t,).
        predicted
            Probability of label 1, (t,).
        """

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the metric; cases whose prediction reaches the threshold count as positive."""


@runtime_checkable
class ProbabilityMetric(Protocol):
    """A metric of the probabilities themselves, such as the Brier score; optional."""

    @property
    def needs_probabilities(self) -> bool:
        """True if the metric is undefined for ratings and calls, which only order the cases."""
