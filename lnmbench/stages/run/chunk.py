"""Chunks: units of one method in one repeat, computed in any process.

The results of a chunk depend on its record alone, so they are equal in every process and after a
restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    TARGET,
    BaselineMethod,
    ImageInputs,
    NetworkMethod,
    Plan,
    Resources,
    Trial,
    Unit,
    UnitResult,
)
from lnmbench.registry import PluginSource
from lnmbench.stages.plan import (
    CandidateGroup,
    ResolvedBenchmark,
    ResolvedMethod,
    ResolvedNetwork,
)
from lnmbench.store.feature_cache import FeatureCache


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkChunk:
    """All units of one network in one repeat.

    `groups` are the candidates of its search, `features` is the feature cache of its encoder, None
    without images. `examples` are the caches of further images that its auxiliary tasks need.
    `plugins` are those that the user named in addition to the installed ones;
    `sources` are the checksums of the plugins that the method uses. `importance` is the number of
    permutations of each input.
    """

    method: NetworkMethod
    groups: tuple[CandidateGroup, ...]
    repeat: int
    plan: Plan
    cohort_file: Path
    features: FeatureCache | None
    examples: Mapping[ImageInputs, FeatureCache] = field(default_factory=dict)
    plugins: tuple[PluginSource, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    importance: int = 0

    @property
    def folds(self) -> Sequence[int]:
        """The outer folds of the units: all, whose fits train together."""
        return range(self.plan.protocol.folds)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BaselineChunk:
    """Some units of one baseline in one repeat, by `folds`; the rest is as in `NetworkChunk`.

    `fixed` are the predictions of a method that is not trained, (n,), else None.
    `features` is the feature cache of the encoder of a baseline on features of images.
    """

    method: BaselineMethod
    repeat: int
    folds: Sequence[int]
    plan: Plan
    cohort_file: Path
    fixed: NDArray[np.float64] | None = None
    features: FeatureCache | None = None
    examples: Mapping[ImageInputs, FeatureCache] = field(default_factory=dict)
    plugins: tuple[PluginSource, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    resources: Resources = field(default_factory=Resources)
    importance: int = 0


Chunk = NetworkChunk | BaselineChunk


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fit:
    """One inner fit: masks (n,) of its training, validation and test cases, and its seed."""

    fold: int
    inner: int
    training: NDArray[np.bool_]
    validation: NDArray[np.bool_]
    test: NDArray[np.bool_]
    seed: int


def make_chunk(
    resolved: ResolvedMethod,
    benchmark: ResolvedBenchmark,
    repeat: int,
    *,
    features: FeatureCache | None,
    examples: Mapping[ImageInputs, FeatureCache] | None = None,
    plugins: tuple[PluginSource, ...] = (),
) -> Chunk:
    """Return a chunk of a resolved benchmark.

    Parameters
    ----------
    resolved
        One of the benchmark's methods.
    benchmark
        The benchmark, with the plan and the resources of one worker.
    repeat
        The repeat, from 0.
    features
        The feature cache of the method's encoder, None without images.
    examples
        The caches of further images that the auxiliary tasks of the method need.
    plugins
        The plugins that the user named in addition to the installed ones.
    """
    sources = {
        name: source
        for name, source in benchmark.sources.items()
        if name in resolved.method.plugins
    }
    if isinstance(resolved, ResolvedNetwork):
        return NetworkChunk(
            method=resolved.method,
            groups=resolved.groups,
            repeat=repeat,
            plan=benchmark.plan,
            cohort_file=benchmark.cohort_file,
            features=features,
            examples={} if examples is None else examples,
            plugins=plugins,
            sources=sources,
            resources=benchmark.worker_resources,
            importance=benchmark.importance,
        )
    return BaselineChunk(
        method=resolved.method,
        repeat=repeat,
        folds=range(benchmark.plan.protocol.folds),
        plan=benchmark.plan,
        cohort_file=benchmark.cohort_file,
        fixed=None if resolved.fixed is None else resolved.fixed.values[repeat],
        features=features,
        examples={} if examples is None else examples,
        plugins=plugins,
        sources=sources,
        resources=benchmark.worker_resources,
        importance=benchmark.importance if resolved.method.trained else 0,
    )


def split_chunk(chunk: Chunk, missing: Collection[tuple[int, int]]) -> list[Chunk]:
    """Return the chunks that compute the units which are missing, as (repeat, fold).

    Each unit of a baseline becomes a chunk of its own: it is stored when it is finished, and units
    run in several processes. A network has all units in one, which train together.
    """
    folds = [fold for fold in chunk.folds if (chunk.repeat, fold) in missing]
    if isinstance(chunk, BaselineChunk):
        return [replace(chunk, folds=(fold,)) for fold in folds]
    return [chunk] if folds else []


def list_fits(plan: Plan, repeat: int) -> Iterator[Fit]:
    """Yield the inner fits of a repeat, fold after fold.

    A fit's seed depends on the protocol's seed, the repeat and the folds, and not on the method:
    networks that differ in one setting are equal in all else.
    """
    protocol = plan.protocol
    for fold in range(protocol.folds):
        inner_of = plan.splits.inner[repeat, fold]
        for inner in range(protocol.inner):
            position = f"{protocol.seed}|{repeat}|{fold}|{inner}"
            yield Fit(
                fold=fold,
                inner=inner,
                training=(inner_of >= 0) & (inner_of != inner),
                validation=inner_of == inner,
                test=inner_of < 0,
                seed=int.from_bytes(hashlib.sha256(position.encode()).digest()[:7]),
            )


def unit_result(
    chunk: Chunk,
    unit: Sequence[Fit],
    probabilities: Mapping[str, NDArray[np.float64]],
    *,
    fits: int,
    epochs: int = 0,
    search: Sequence[Trial] = (),
) -> UnitResult:
    """Return the result of a unit: the ensemble of its inner fits, without optional parts.

    Parameters
    ----------
    chunk
        The chunk of the unit.
    unit
        The inner fits of one outer fold.
    probabilities
        Predictions (fits, n, outputs) by task.
    fits, epochs
        The numbers of fits and epochs, of all candidates.
    search
        The trials of all candidates; a single one is not a search.
    """
    test = unit[0].test
    ensembles = {task: np.full(values.shape[1:], np.nan) for task, values in probabilities.items()}
    for task, values in probabilities.items():
        ensembles[task][test] = values[:, test].mean(axis=0)
    validation = np.full_like(ensembles[TARGET], np.nan)
    for fit, values in zip(unit, probabilities[TARGET], strict=True):
        validation[fit.validation] = values[fit.validation]
    return UnitResult(
        unit=Unit(method=chunk.method.fingerprint, repeat=chunk.repeat, fold=unit[0].fold),
        test=ensembles,
        validation=validation[:, 0] if validation.shape[1] == 1 else validation,
        seconds=0.0,
        memory_mb=0.0,
        fits=fits,
        epochs=epochs,
        settings=next((dict(trial.settings) for trial in search if trial.chosen), {}),
        search=tuple(search) if len(search) > 1 else (),
    )
