"""Two equally good methods on a null cohort, through every stage of a run, and their tests."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from method_run import NoProgress, make_comparisons, make_registry, run_method
from numpy.typing import NDArray

from lnmbench.config import Benchmark
from lnmbench.records import MethodResult, PairComparison, TestResult
from lnmbench.stages.compare import compare
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedBenchmark, resolve

PLUGIN = Path(__file__).with_name("null_plugin.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A null cohort and the two methods that are compared on it."""

    title: str
    cohort: Mapping[str, object]
    methods: Mapping[str, object]


SCENARIOS = {
    "halves": Scenario(
        title="two logistic regressions, each on one half of the features",
        cohort={"core": 0, "half": 4, "strength": 0.7, "intercept": -1.45},
        methods={"baseline": ["half:which=a,c=0.1", "half:which=b,c=0.1"]},
    ),
    "core": Scenario(
        title="two logistic regressions, on a shared core and a half each",
        cohort={"core": 4, "half": 2, "strength": 0.47, "intercept": -1.2},
        methods={"baseline": ["half:which=a,c=0.1", "half:which=b,c=0.1"]},
    ),
    "networks": Scenario(
        title="two clinical networks, with uninformative auxiliary tasks",
        cohort={"core": 8, "half": 0, "strength": 0.4, "intercept": -1.15},
        methods={"encoder": "none", "aux": ["coin:seed=1", "coin:seed=2"]},
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One cohort of a scenario; its number is the seed of all random draws."""

    scenario: str
    cohort: int
    cases: int
    repeats: int
    folds: int
    inner: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentResult:
    """The result of an experiment in one metric.

    `a` and `b` are the means over the outer folds, `sd` is that of their differences, `correlation`
    that of their scores. `tests` maps a comparison to its p value or, of a Bayesian one, to 1 less
    the larger of P(worse) and P(better); below .05 it finds a difference. NaN: not defined for the
    metric.
    """

    experiment: Experiment
    metric: str
    a: float
    b: float
    sd: float
    correlation: float
    tests: Mapping[str, float]


def simulate(experiment: Experiment) -> tuple[ExperimentResult, ...]:
    """Return the tests of two equally good methods in each primary metric."""
    with tempfile.TemporaryDirectory() as folder:
        benchmark = _resolve(experiment, Path(folder))
        results = [run_method(method, benchmark, plugins=(PLUGIN,)) for method in benchmark.methods]
    compared = compare(
        results,
        benchmark.plan.truth,
        benchmark.plan.splits.outer,
        metrics=benchmark.plan.protocol.primary,
        comparisons=make_comparisons(PLUGIN),
    )
    return tuple(_make_result(experiment, comparison, results) for comparison in compared)


def _resolve(experiment: Experiment, home: Path) -> ResolvedBenchmark:
    scenario = SCENARIOS[experiment.scenario]
    cohort = {**scenario.cohort, "n": experiment.cases, "seed": experiment.cohort}
    benchmark = Benchmark.model_validate(
        {
            "dataset": {"name": "null", **cohort},
            "repeats": experiment.repeats,
            "folds": experiment.folds,
            "inner": experiment.inner,
            "seed": experiment.cohort,
            "only": True,
            **scenario.methods,
        }
    )
    path = ingest(
        benchmark.dataset, make_registry(PLUGIN), home=home, workers=1, progress=NoProgress()
    )
    return resolve(benchmark, make_registry(PLUGIN), lambda: path)


def _make_result(
    experiment: Experiment, comparison: PairComparison, results: Sequence[MethodResult]
) -> ExperimentResult:
    scores = {result.method.fingerprint: result.scores for result in results}
    a = scores[comparison.method_a][comparison.metric].values
    b = scores[comparison.method_b][comparison.metric].values
    return ExperimentResult(
        experiment=experiment,
        metric=comparison.metric,
        a=float(a.mean()),
        b=float(b.mean()),
        sd=float((b - a).std(ddof=1)),
        correlation=_correlation(a, b),
        tests={
            name: _significance(comparison.tests[name]) if name in comparison.tests else math.nan
            for name in make_comparisons(PLUGIN)
        },
    )


def _significance(result: TestResult) -> float:
    if math.isnan(result.pvalue):
        return 1.0 - max(result.worse, result.better)
    return result.pvalue


def _correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if np.ptp(a) == 0.0 or np.ptp(b) == 0.0:
        return math.nan
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])
