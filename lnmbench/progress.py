"""Progress displays: live in a terminal, plain lines otherwise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lnmbench.signals import stop_if_requested
from lnmbench.text import clean, plural

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from lnmbench.contracts import Progress

SECONDS_BETWEEN_LINES = 10.0


@contextmanager
def make_progress() -> Iterator[Progress]:
    """Yield a progress display on standard error, and restore the terminal afterward."""
    if not sys.stderr.isatty():
        yield PlainProgress()
        return
    display = LiveProgress()
    try:
        yield display
    finally:
        display.finish()


class SilentProgress:
    """A display that shows nothing."""

    def say(self, line: str) -> None:
        """Omit a notice."""

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Omit a stage.

        Parameters
        ----------
        stage, subject, total, unit
            As in `lnmbench.contracts.Progress.start`.
        """

    def advance(self, steps: int = 1) -> None:
        """Omit steps."""

    def finish(self) -> None:
        """Omit the end of a stage."""


class PlainProgress:
    """One line on standard error when a stage starts, every ten seconds, and when it ends."""

    def __init__(self) -> None:
        self._start_time = self._last_line_time = 0.0
        self._stage = self._unit = ""
        self._total = self._done = self._skipped = 0

    def say(self, line: str) -> None:
        """Print a notice."""
        print(clean(line), file=sys.stderr, flush=True)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Print the stage and its number of steps.

        Parameters
        ----------
        stage, subject, total, unit
            As in `lnmbench.contracts.Progress.start`.
        """
        stop_if_requested()
        self._stage, self._total, self._unit = f"{stage}: {subject}", total, unit
        self._done = self._skipped = 0
        self._start_time = self._last_line_time = time.monotonic()
        self.say(f"{self._stage}: {plural(total, unit)}")

    def advance(self, steps: int = 1) -> None:
        """Count steps; print a line if the last one is old."""
        if not self._done and time.monotonic() - self._start_time < 0.05:
            self._skipped = steps  # done by an earlier run: no measure of speed
        self._done += steps
        if (
            self._done < self._total
            and time.monotonic() - self._last_line_time > SECONDS_BETWEEN_LINES
        ):
            self._last_line_time = time.monotonic()
            self.say(
                f"{self._stage}: {self._done}/{plural(self._total, self._unit)}{self._remaining()}"
            )

    def finish(self) -> None:
        """Print how long the stage took."""
        duration = format_duration(time.monotonic() - self._start_time)
        self.say(f"{self._stage}: {self._done}/{plural(self._total, self._unit)} in {duration}")

    def _remaining(self) -> str:
        now_done = self._done - self._skipped
        if now_done <= 0:
            return ""
        seconds = (time.monotonic() - self._start_time) / now_done * (self._total - self._done)
        return f", about {format_duration(seconds)} left"


class LiveProgress:
    """A bar for each stage: stage, method, steps done, elapsed and remaining time."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)
        self._bars: Bars | None = None
        self._task: TaskID | None = None

    def say(self, line: str) -> None:
        """Print a notice above the bars."""
        from rich.text import Text

        self._console.print(Text(clean(line), style="dim"))

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        """Show a bar.

        Parameters
        ----------
        stage, subject, total, unit
            As in `lnmbench.contracts.Progress.start`.
        """
        stop_if_requested()
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn(plural(total, unit).partition(" ")[2], markup=False),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
        )
        self._bars.start()
        self._task = self._bars.add_task(clean(f"{stage}: {subject}"), total=total)

    def advance(self, steps: int = 1) -> None:
        """Move the bar."""
        if self._bars is not None and self._task is not None:
            self._bars.advance(self._task, steps)

    def finish(self) -> None:
        """Stop the bar and leave it on the screen."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


def format_duration(seconds: float) -> str:
    """Return a duration in minutes and seconds.

    Examples
    --------
    >>> format_duration(75), format_duration(4.2)
    ('1 min 15 s', '4 s')
    """
    minutes, remainder = divmod(round(seconds), 60)
    return f"{minutes} min {remainder:02d} s" if minutes else f"{remainder} s"
