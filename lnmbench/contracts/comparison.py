"""Contract of comparisons of two methods."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from lnmbench.records import Pair, TestResult


@runtime_checkable
class Comparison(Protocol):
    """A statistical test of the difference between two methods."""

    @property
    def title(self) -> str:
        """Name in tables."""

    @property
    def role(self) -> Literal["primary", "exploratory", "as published"]:
        """Primary test, exploratory test, or the test of earlier publications."""

    def __call__(self, pair: Pair) -> TestResult | None:
        """Return the test of method b against method a, None if it does not suit the metric."""
