"""Contract of displays of the progress."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """A display of the progress of pipeline stages."""

    def say(self, line: str) -> None:
        """Show a notice."""

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Start a stage.

        Parameters
        ----------
        stage
            The stage, e.g. `run`.
        subject
            The object of the stage, e.g. the label of a method.
        total
            The number of steps.
        unit
            The noun for one step, in the singular, e.g. `fit`.
        """

    def advance(self, steps: int = 1) -> None:
        """Add completed steps."""

    def finish(self) -> None:
        """End the stage."""
