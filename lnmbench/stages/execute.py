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
    started = time.perf_counter()
    cohort = read_cohort(chunk.cohort)
    registry = _registry(chunk.plugins)
    work = baseline_results if chunk.method.kind == "baseline" else network_results
    results = work(chunk, cohort, registry)
    seconds = (time.perf_counter() - started) / len(results)
    memory = environment.peak_memory_mb()
    return [replace(result, seconds=seconds, memory_mb=memory) for result in results]


@functools.lru_cache(maxsize=1)
def _registry(plugins: tuple[str, ...]) -> Registry:
    return Registry(plugins)
