"""Two equally good methods on a null cohort, through every stage of a run, and what tests say."""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench import choices
from lnmbench.config import Benchmark
from lnmbench.contracts import Comparison, Metric
from lnmbench.records import (
    TARGET,
    Cost,
    MethodResult,
    PairComparison,
    TestResult,
)
from lnmbench.registry import Registry
from lnmbench.stages.compare import compare
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedMethod, resolve
from lnmbench.stages.run import execute, make_chunk
from lnmbench.stages.score import score

PLUGIN = str(Path(__file__).with_name("null_plugin.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What is drawn, and the two methods that are compared on it."""

    title: str
    cohort: Mapping[str, object]
    arms: Mapping[str, object]


SCENARIOS = {
    "halves": Scenario(
        title="two logistic regressions, each on one half of the features",
        cohort={"core": 0, "own": 4, "strength": 0.7, "intercept": -1.45},
        arms={"baseline": ["half:which=a,c=0.1", "half:which=b,c=0.1"]},
    ),
    "core": Scenario(
        title="two logistic regressions, on a shared core and a half each",
        cohort={"core": 4, "own": 2, "strength": 0.47, "intercept": -1.2},
        arms={"baseline": ["half:which=a,c=0.1", "half:which=b,c=0.1"]},
    ),
    "networks": Scenario(
        title="two clinical networks, with auxiliary tasks that know nothing",
        cohort={"core": 8, "own": 0, "strength": 0.4, "intercept": -1.15},
        arms={
            "encoder": "none",
            "aux": ["coin:seed=1", "coin:seed=2"],
            # at its own pace the body of a network without images hardly moves, and no task matters
            "training": {"learning_rate": 0.01},
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One cohort of a scenario: its number is the seed of all that is drawn."""

    scenario: str
    cohort: int
    cases: int
    repeats: int
    folds: int
    inner: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one experiment gave in one metric.

    `a` and `b` are the means over the outer folds, `sd` is that of their differences, `correlation`
    that of their scores. `tests` maps a comparison to its p value or, of a Bayesian one, to 1 less
    the larger of P(worse) and P(better): below .05 it finds a difference. NaN: not for the metric.
    """

    experiment: Experiment
    metric: str
    a: float
    b: float
    sd: float
    correlation: float
    tests: Mapping[str, float]


class Silent:
    """Progress that says nothing."""

    def say(self, line: str) -> None: ...

    def start(self, stage: str, subject: str, total: int, unit: str) -> None: ...

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


@functools.cache
def registry() -> Registry:
    """Return every installed plugin, and the one of null cohorts."""
    made = Registry([PLUGIN])
    made.refuse_problems()
    return made


def comparisons() -> dict[str, Comparison]:
    """Return every test that is offered, by name."""
    made = registry()
    return {offer.name: offer.build() for offer in made.comparisons.offers()}


def simulate(experiment: Experiment) -> tuple[Found, ...]:
    """Return what the tests say of two equally good methods, in each primary metric."""
    with tempfile.TemporaryDirectory() as folder:
        ready = _prepared(experiment, Path(folder))
        outcomes = [_outcome(method, ready) for method in ready.methods]
    compared = compare(
        outcomes,
        ready.plan.truth,
        ready.plan.splits.outer,
        metrics=ready.plan.protocol.primary,
        comparisons=comparisons(),
    )
    return tuple(_found(experiment, one, outcomes) for one in compared)


def _prepared(experiment: Experiment, home: Path) -> ResolvedBenchmark:
    scenario = SCENARIOS[experiment.scenario]
    drawn = {**scenario.cohort, "n": experiment.cases, "seed": experiment.cohort}
    benchmark = Benchmark.model_validate(
        {
            "dataset": {"name": "null", **drawn},
            "repeats": experiment.repeats,
            "folds": experiment.folds,
            "inner": experiment.inner,
            "seed": experiment.cohort,
            "only": True,
            **scenario.arms,
        }
    )
    path = ingest(benchmark.dataset, registry(), home=home, workers=1, progress=Silent())
    return resolve(benchmark, registry(), lambda: path)


def _outcome(method: ResolvedMethod, ready: ResolvedBenchmark) -> MethodResult:
    plan = ready.plan
    predicted = np.full(plan.splits.outer.shape, np.nan)
    for repeat in range(plan.protocol.repeats):
        chunk = make_chunk(method, ready, repeat, features=None, plugins=(PLUGIN,))
        for result in execute(chunk):
            tested = plan.splits.outer[repeat] == result.unit.fold
            predicted[repeat, tested] = result.test[TARGET][tested, 0]
    return score(
        method.method,
        predicted,
        plan.truth,
        plan.splits.outer,
        protocol=plan.protocol,
        metrics=_metrics(plan.protocol.primary),
        units_done=plan.protocol.units,
        cost=Cost(),
    )


def _metrics(names: Sequence[str]) -> dict[str, Metric]:
    return {name: registry().metrics.build(choices.parse(name)) for name in names}


def _found(
    experiment: Experiment, compared: PairComparison, outcomes: Sequence[MethodResult]
) -> Found:
    scores = {outcome.method.fingerprint: outcome.scores for outcome in outcomes}
    a = scores[compared.method_a][compared.metric].values
    b = scores[compared.method_b][compared.metric].values
    return Found(
        experiment=experiment,
        metric=compared.metric,
        a=float(a.mean()),
        b=float(b.mean()),
        sd=float((b - a).std(ddof=1)),
        correlation=_correlation(a, b),
        tests={
            name: _surprise(compared.tests[name]) if name in compared.tests else math.nan
            for name in comparisons()
        },
    )


def _surprise(result: TestResult) -> float:
    if math.isnan(result.pvalue):
        return 1.0 - max(result.worse, result.better)
    return result.pvalue


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return math.nan
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
