"""A display of progress for benchmarks, which measures time."""

from __future__ import annotations

import time

from lnmbench.progress import SilentProgress


class TimedProgress(SilentProgress):
    """Progress that measures the time of each stage: `seconds` by stage and subject."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._what, self._began = "", 0.0

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        self._what, self._began = f"{stage} {subject}", time.perf_counter()

    def finish(self) -> None:
        self.seconds[self._what] = time.perf_counter() - self._began
