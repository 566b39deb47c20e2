"""Execution of a chunk, in the run's own process or a worker's."""

from __future__ import annotations

import functools
import os
import time
import traceback
from dataclasses import replace
from pathlib import Path

from lnmbench import environment
from lnmbench.records import Cohort, UnitResult
from lnmbench.registry import BLOCK, PLUGINS, PluginSource, Registry
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline
from lnmbench.stages.plan import model_choice, refuse_model
from lnmbench.stages.run.baselines import Completion, baseline_results
from lnmbench.stages.run.chunk import BaselineChunk, Chunk, NetworkChunk
from lnmbench.stages.run.fixed_predictions import fixed_results
from lnmbench.stages.run.image_features import add_image_columns, image_features
from lnmbench.stages.run.networks import network_results
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.cohort_opening import read_state


def execute(chunk: Chunk) -> list[UnitResult]:
    """Return the results of every unit of the chunk, with its time and memory.

    Raises `UserError` if a plugin of the method is not the one that was planned. Its modules may
    be loaded while the chunk is computed, so that they are compared before and after.
    """
    trains = isinstance(chunk, NetworkChunk) or chunk.features is not None
    stopwatch = _Stopwatch(chunk.resources.device if trains else "cpu")
    cohort, registry = _read_cohort(chunk.cohort_file), _registry(chunk.plugins)
    registry.require_sources(chunk.sources)
    if isinstance(chunk, NetworkChunk):
        results = network_results(chunk, cohort, registry)
    elif chunk.fixed is not None:
        results = fixed_results(chunk, chunk.fixed)
    else:
        results = _baseline_results(chunk, cohort, registry)
    registry.require_sources(chunk.sources)
    seconds, device_seconds, memory_mb = stopwatch.read()
    return [
        replace(
            result,
            seconds=seconds / len(results),
            device_seconds=device_seconds / len(results),
            memory_mb=memory_mb,
        )
        for result in results
    ]


def _baseline_results(chunk: BaselineChunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    baseline = registry.baselines.build(chunk.method.baseline)
    if not isinstance(baseline, GuardedImageBaseline):
        return baseline_results(chunk, cohort, baseline)
    model = registry.baselines.build(model_choice(baseline))
    images = image_features(chunk, cohort, registry)
    return baseline_results(
        chunk,
        cohort,
        refuse_model(chunk.method.label, model),
        Completion(
            settings=baseline.reductions,
            tables=lambda table, fit: add_image_columns(table, images(fit), fit, baseline),
        ),
    )


def is_of_execution(error: BaseException) -> bool:
    """Return whether `execute` raised an error, here or in a worker; otherwise the executor did."""
    lines = "".join(traceback.format_exception(error)).splitlines()
    return any(__file__ in line and line.endswith("in execute") for line in lines)


class _Stopwatch:
    """Wall-clock time, device time and peak memory from now on."""

    def __init__(self, device: str) -> None:
        self._device = device
        if device != "cpu":
            import torch

            from lnmbench.nets.device import make_deterministic, reset_peak_memory

            # the run's own process did this when it resolved its resources; workers do it here
            make_deterministic(torch.device(device))
            reset_peak_memory(torch.device(device))
        environment.reset_peak_memory()
        self._started, self._worked = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float, float]:
        """Return seconds, device seconds, and the peak of memory in MB."""
        seconds = time.perf_counter() - self._started
        if self._device.startswith("cuda"):
            import torch

            from lnmbench.nets.device import peak_memory_bytes

            return seconds, seconds, peak_memory_bytes(torch.device(self._device)) / 1e6
        return seconds, time.process_time() - self._worked, environment.peak_memory_mb()


def _read_cohort(path: Path) -> Cohort:
    """Return a cohort that the chunks of a process read once; the arrays are copies for each."""
    cohort = _cached_cohort(path, read_state(path) if path.is_file() else ())
    values = {name: array.copy() for name, array in cohort.values.items()}
    return replace(cohort, values=values, offsets=cohort.offsets.copy())


@functools.lru_cache(maxsize=1)
def _cached_cohort(path: Path, _state: tuple[int, ...]) -> Cohort:
    return read_cohort(path)


def _registry(plugins: tuple[PluginSource, ...]) -> Registry:
    """Return the registry of a process, which all its chunks share."""
    named_by_environment = tuple(os.environ.get(name, "") for name in (PLUGINS, BLOCK))
    return _cached_registry(plugins, named_by_environment)


@functools.lru_cache(maxsize=1)
def _cached_registry(
    plugins: tuple[PluginSource, ...], named_by_environment: tuple[str, ...]
) -> Registry:
    return Registry(plugins)


def forget_plugins() -> None:
    """Load plugins again for the next chunk: a process may run benchmarks one after another."""
    _cached_registry.cache_clear()
