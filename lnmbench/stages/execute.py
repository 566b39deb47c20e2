"""execute: the results of a chunk, in whatever process it runs."""

from __future__ import annotations

import functools
import time
from dataclasses import replace

from lnmbench import environment
from lnmbench.records import UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.baselines import baseline_results
from lnmbench.stages.chunk import Chunk
from lnmbench.stages.networks import network_results
from lnmbench.store.cohort_file import read_cohort


def execute(chunk: Chunk) -> list[UnitResult]:
    """Return the results of every unit of the chunk."""
    started, worked = time.perf_counter(), time.process_time()
    cohort = read_cohort(chunk.cohort)
    registry = _registry(chunk.plugins)
    work = baseline_results
    if chunk.method.kind == "network":
        work = network_results
        _prepare(chunk.resources.device)
    results = work(chunk, cohort, registry)
    seconds = time.perf_counter() - started
    on_gpu = chunk.resources.device.startswith("cuda")
    device_seconds = seconds if on_gpu else time.process_time() - worked
    memory = environment.gpu_memory_mb() if on_gpu else environment.peak_memory_mb()
    return [
        replace(
            result,
            seconds=seconds / len(results),
            device_seconds=device_seconds / len(results),
            memory_mb=memory,
        )
        for result in results
    ]


def _prepare(device: str) -> None:
    """What the run's own process has done already, for a worker's."""
    import torch

    from lnmbench.nets.device import prepare

    prepare(torch.device(device))


@functools.lru_cache(maxsize=1)
def _registry(plugins: tuple[str, ...]) -> Registry:
    return Registry(plugins)
