"""Methods of a benchmark trained and scored by the stages of a run, without a ledger."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench import choices
from lnmbench.contracts import Comparison, Metric
from lnmbench.records import TARGET, Cost, Method, MethodResult, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedMethod
from lnmbench.stages.run import execute, make_chunk
from lnmbench.stages.score import LabeledPredictions, score
from lnmbench.store.feature_cache import FeatureCache


class NoProgress:
    """Progress without output."""

    def say(self, line: str) -> None: ...

    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


@functools.cache
def make_registry(*plugins: Path) -> Registry:
    """Return a registry of every installed plugin and of those in these files."""
    registry = Registry(list(map(str, plugins)))
    registry.refuse_problems()
    return registry


def make_comparisons(*plugins: Path) -> dict[str, Comparison]:
    """Return every statistical test that plugins offer, by name."""
    return {offer.name: offer.build() for offer in make_registry(*plugins).comparisons.offers()}


def run_method(
    method: ResolvedMethod,
    benchmark: ResolvedBenchmark,
    *,
    plugins: tuple[Path, ...] = (),
    features: FeatureCache | None = None,
) -> MethodResult:
    """Return the scores of a method in the primary metrics, trained on every outer fold.

    Parameters
    ----------
    method
        One of the benchmark's methods.
    benchmark
        The benchmark.
    plugins
        The plugin files that it uses in addition to the installed ones.
    features
        The feature cache of a network's encoder, None without images.
    """
    plan = benchmark.plan
    predicted = np.full(plan.splits.outer.shape, np.nan)
    names = tuple(map(str, plugins))
    for repeat in range(plan.protocol.repeats):
        chunk = make_chunk(method, benchmark, repeat, features=features, plugins=names)
        for result in execute(chunk):
            tested = plan.splits.outer[repeat] == result.unit.fold
            predicted[repeat, tested] = result.test[TARGET][tested, 0]
    return score_method(method.method, predicted, plan)


def score_method(method: Method, predicted: NDArray[np.float64], plan: Plan) -> MethodResult:
    """Return the scores of predictions in the primary metrics of a plan.

    Parameters
    ----------
    method
        The method that predicted.
    predicted
        Out-of-fold probabilities (repeats, n).
    plan
        The labels and folds.
    """
    return score(
        method,
        LabeledPredictions(predicted=predicted, truth=plan.truth, outer=plan.splits.outer),
        protocol=plan.protocol,
        metrics=_make_metrics(plan.protocol.primary),
        units_done=plan.protocol.units,
        cost=Cost(),
    )


def _make_metrics(names: Sequence[str]) -> dict[str, Metric]:
    return {name: make_registry().metrics.build(choices.parse(name)) for name in names}
