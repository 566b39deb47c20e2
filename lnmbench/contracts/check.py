"""Contracts of methodological checks."""

from __future__ import annotations

from typing import Literal, Protocol, runtime_checkable

from lnmbench.records import Results


@runtime_checkable
class Check(Protocol):
    """A numbered methodological check (LNM001…) of a finished or running benchmark."""

    @property
    def title(self) -> str:
        """The condition that must hold, e.g. "no feature equals the target"."""

    @property
    def severity(self) -> Literal["warning", "error"]:
        """The result if the condition does not hold."""

    @property
    def remedy(self) -> str:
        """Advice for a run in which the condition does not hold."""

    def __call__(self, results: Results) -> str | None:
        """Return a message on what violates the condition, "" if it holds, None if the check
        does not apply."""


@runtime_checkable
class Documented(Protocol):
    """A check with a page of documentation; optional."""

    @property
    def docs(self) -> str:
        """The address of the page, shown with the remedy."""
