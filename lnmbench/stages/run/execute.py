"""execute: the results of a chunk, in whatever process it runs."""

from __future__ import annotations

import functools
import time
from dataclasses import replace

from lnmbench import environment
from lnmbench.records import NetworkMethod, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.run.baselines import baseline_results
from lnmbench.stages.run.chunk import Chunk
from lnmbench.stages.run.networks import network_results
from lnmbench.store.cohort_file import read_cohort


def execute(chunk: Chunk) -> list[UnitResult]:
    """Return the results of every unit of the chunk, with what they took."""
    method, registry = chunk.method, _registry(chunk.plugins)
    watch = _Watch(chunk.resources.device if isinstance(method, NetworkMethod) else "cpu")
    cohort = read_cohort(chunk.cohort)
    if isinstance(method, NetworkMethod):
        results = network_results(method, chunk, cohort, registry)
    else:
        results = baseline_results(method, chunk, cohort, registry)
    seconds, device_seconds, memory = watch.read()
    return [
        replace(
            result,
            seconds=seconds / len(results),
            device_seconds=device_seconds / len(results),
            memory_mb=memory,
        )
        for result in results
    ]


class _Watch:
    """Time of the clock and of a device, and its peak memory, from now on."""

    def __init__(self, device: str) -> None:
        self._device = device
        if device != "cpu":
            import torch

            from lnmbench.nets.device import make_deterministic, reset_peak_memory

            # what the run's own process has done already, for a worker's
            make_deterministic(torch.device(device))
            reset_peak_memory(torch.device(device))
        environment.forget_peak_memory()
        self._started, self._worked = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float, float]:
        """Return seconds, device seconds, and the peak of memory in MB."""
        seconds = time.perf_counter() - self._started
        if self._device.startswith("cuda"):
            import torch

            from lnmbench.nets.device import peak_memory_bytes

            return seconds, seconds, peak_memory_bytes(torch.device(self._device)) / 1e6
        return seconds, time.process_time() - self._worked, environment.peak_memory_mb()


@functools.lru_cache(maxsize=1)
def _registry(plugins: tuple[str, ...]) -> Registry:
    return Registry(plugins)
