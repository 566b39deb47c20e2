"""Metrics behind the boundary."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast, get_args

from lnmbench.contracts import Metric, ProbabilityMetric, Thresholded
from lnmbench.records import Label
from lnmbench.registry.boundary.arrays import view_read_only
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.values import (
    Unexpected,
    require_flag,
    require_interval,
    require_number,
    require_option,
    require_sequence,
    require_text,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LABELS: tuple[Label, ...] = get_args(Label)


class GuardedMetric:
    """A metric of a plugin, whose values are numbers within its bounds or NaN.

    Parameters
    ----------
    metric
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, metric: Metric, boundary: Boundary) -> None:
        self._metric, self._boundary = metric, boundary

    @cached_property
    def title(self) -> str:
        """Name in tables."""
        return self._boundary.read("title", require_text, self._metric)

    @cached_property
    def greater_is_better(self) -> bool:
        """True if a greater value is better."""
        return self._boundary.read("greater_is_better", require_flag, self._metric)

    @cached_property
    def kinds(self) -> Sequence[Label]:
        """Kinds of label that it scores."""
        return self._boundary.read("kinds", _require_kinds, self._metric)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Smallest and greatest possible value."""
        return self._boundary.read("bounds", require_interval, self._metric)

    @cached_property
    def needs_probabilities(self) -> bool:
        """True if the metric is undefined for ratings and calls."""
        if not isinstance(self._metric, ProbabilityMetric):
            return False
        return self._boundary.read("needs_probabilities", require_flag, self._metric)

    def __call__(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the metric, NaN if it is undefined for these cases."""
        return self._score(truth, predicted)

    def _score(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], *threshold: float
    ) -> float:
        low, high = self.bounds
        return self._boundary.call(
            "__call__",
            partial(require_number, low=low, high=high, nan=True),
            self._metric,
            view_read_only(truth),
            view_read_only(predicted),
            *threshold,
        )


class GuardedThresholdedMetric(GuardedMetric):
    """A metric of a plugin at a threshold that it chooses on validation predictions."""

    def threshold(self, truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
        """Return the threshold for the validation predictions of training cases.

        Parameters
        ----------
        truth
            Labels 0 and 1, (t,).
        predicted
            Probability of label 1, (t,).
        """
        return self._boundary.call(
            "threshold",
            partial(require_number, nan=True, infinite=True),
            cast("Thresholded", self._metric).threshold,
            view_read_only(truth),
            view_read_only(predicted),
        )

    def __call__(
        self, truth: NDArray[np.float64], predicted: NDArray[np.float64], threshold: float = 0.5
    ) -> float:
        """Return the metric; cases whose prediction reaches the threshold count as positive."""
        return self._score(truth, predicted, threshold)


def guard_metric(metric: Metric, boundary: Boundary) -> Metric:
    """Return a plugin's metric behind its boundary, with its choice of a threshold if any."""
    if isinstance(metric, Thresholded):
        return GuardedThresholdedMetric(metric, boundary)
    return GuardedMetric(metric, boundary)


def _require_kinds(value: object) -> Sequence[Label]:
    kinds = [
        cast("Label", require_option(kind, LABELS)) for kind in require_sequence(value, most=9)
    ]
    if not kinds:
        raise Unexpected("at least one kind of label", "none")
    return tuple(kinds)
