"""Contracts of targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from lnmbench.records import Cohort

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@runtime_checkable
class Target(Protocol):
    """A binary label to predict, or several of them with `TargetOutcomes`."""

    @property
    def title(self) -> str:
        """Description of a positive case."""

    def labels(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,): 1 positive, 0 negative, NaN unknown; `UserError` if columns are missing."""

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""


@runtime_checkable
class TargetOutcomes(Protocol):
    """A target with several outcomes, each a binary label with its own probability; optional.

    `labels` is 1 for the cases with a positive outcome (`lnmbench.records.mark_positive`).
    """

    @property
    def kind(self) -> Literal["multilabel", "ordinal"]:
        """`multilabel`, or `ordinal` if the outcomes are the cut points of ordered classes."""

    def outcomes(self, cohort: Cohort) -> Mapping[str, NDArray[np.float64]]:
        """Return the labels of each outcome by its name, (n,): 1, 0, or NaN if unknown.

        The cut points are in ascending order: class 1 or higher, class 2 or higher, …
        """
