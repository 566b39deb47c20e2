"""Displays of progress for benchmarks: a silent one, and one that measures time."""

from __future__ import annotations

import time


class SilentProgress:
    """Progress without output."""

    def say(self, line: str) -> None: ...

    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


class TimedProgress(SilentProgress):
    """Progress that measures the time of each stage: `seconds` by stage and subject."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._what, self._began = "", 0.0

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        self._what, self._began = f"{stage} {subject}", time.perf_counter()

    def finish(self) -> None:
        self.seconds[self._what] = time.perf_counter() - self._began
