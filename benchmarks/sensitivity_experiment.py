"""The network and the ten-line pipeline on one cohort, on the same folds of a real plan."""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from linear_pipeline import mean_features, run_pipeline
from method_run import NoProgress, make_comparisons, make_registry, run_method
from power_experiment import PowerExperiment, plan_cohort, run_arm
from power_pool import Pool, make_pool
from sensitivity_cohorts import COHORTS, KINDS, PLUGIN

from lnmbench import choices
from lnmbench.config import Benchmark, read_benchmark
from lnmbench.records import MethodResult, Plan
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork, resolve
from lnmbench.stages.run import make_feature_cache
from lnmbench.store.feature_cache import FeatureCache, read_features

METRIC = "auc"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityExperiment:
    """One cohort, the protocol and the training settings of the network.

    `cohort` names a cohort, or a kind of cohort of which `number` is simulated, from 1; `label`
    names the settings in the table; `home` is the folder of cohort files and features.
    """

    cohort: str
    number: int
    label: str
    aux: str
    repeats: int
    folds: int
    inner: int
    training: Mapping[str, object]
    home: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitivityResult:
    """Mean AUCs over the outer folds, and the difference with its corrected 95 % interval.

    `number` is 0 for a cohort that is not simulated.
    """

    cohort: str
    number: int
    label: str
    aux: str
    repeats: int
    folds: int
    inner: int
    cases: int
    positives: int
    pipeline: float
    network: float
    low: float
    high: float
    seconds: float


def run_experiment(experiment: SensitivityExperiment) -> SensitivityResult:
    """Return the AUCs of the pipeline (on a table: of the baseline logistic) and the network."""
    run = _run_simulated if experiment.number else _run_single
    reference, trained, plan, seconds = run(experiment)
    tests = make_comparisons()
    (compared,) = compare(
        [reference, trained],
        plan.truth,
        plan.splits.outer,
        metrics=[METRIC],
        comparisons=tests,
    )
    test = compared.tests[primary_comparison(tests)]
    return SensitivityResult(
        cohort=experiment.cohort,
        number=experiment.number,
        label=experiment.label,
        aux=experiment.aux,
        repeats=experiment.repeats,
        folds=experiment.folds,
        inner=experiment.inner,
        cases=len(plan.ids),
        positives=int(plan.truth.sum()),
        pipeline=float(reference.scores[METRIC].values.mean()),
        network=float(trained.scores[METRIC].values.mean()),
        low=test.low,
        high=test.high,
        seconds=seconds,
    )


def _run_simulated(
    experiment: SensitivityExperiment,
) -> tuple[MethodResult, MethodResult, Plan, float]:
    """Return the scores of pipeline and network on a simulated cohort, its plan, and seconds."""
    kind = KINDS[experiment.cohort]
    pool = _find_pool(kind.pool, kind.encoder, experiment.home)
    simulated = PowerExperiment(
        label=experiment.label,
        setting=kind.setting,
        cases=kind.cases,
        cohort=experiment.number,
        repeats=experiment.repeats,
        folds=experiment.folds,
        inner=experiment.inner,
        train_unlabeled=False,
        pool=pool,
        arms=(experiment.aux,) if experiment.aux != "none" else (),
        controls=0,
        weighting="fixed",
        training=experiment.training,
        device="cpu",
        deadline=math.inf,
    )
    benchmark = plan_cohort(simulated)
    reference = _run_reference(benchmark, pool.features)
    started = time.perf_counter()
    trained = run_arm(experiment.aux, benchmark, simulated)
    return reference, trained, benchmark.plan, time.perf_counter() - started


@functools.lru_cache(maxsize=2)
def _find_pool(dataset: str, encoder: str, home: Path) -> Pool:
    return make_pool(dataset, encoder, home=home, processes=1, device="cpu", progress=NoProgress())


def _run_single(
    experiment: SensitivityExperiment,
) -> tuple[MethodResult, MethodResult, Plan, float]:
    """Return the scores of pipeline and network on a cohort, its plan, and seconds of training."""
    benchmark = _resolve(experiment)
    (network,) = (m for m in benchmark.methods if isinstance(m, ResolvedNetwork))
    cache = make_feature_cache(
        network, benchmark.cohort, benchmark.cohort_file, experiment.home, NoProgress()
    )
    reference = _run_reference(benchmark, cache)
    started = time.perf_counter()
    trained = run_method(network, benchmark, plugins=(PLUGIN,), features=cache)
    return reference, trained, benchmark.plan, time.perf_counter() - started


def _run_reference(benchmark: ResolvedBenchmark, cache: FeatureCache | None) -> MethodResult:
    cohort, plan = benchmark.cohort, benchmark.plan
    if cache is None:
        (logistic,) = (m for m in benchmark.methods if not isinstance(m, ResolvedNetwork))
        return run_method(logistic, benchmark, plugins=(PLUGIN,))
    features = mean_features(read_features(cache)["features"][0], cohort.offsets)
    return run_pipeline(features[cohort.positions(plan.ids)], cohort, plan)


def _resolve(experiment: SensitivityExperiment) -> ResolvedBenchmark:
    cohort, registry = COHORTS[experiment.cohort], make_registry(PLUGIN)
    benchmark: Benchmark = read_benchmark(
        None,
        {
            "dataset": cohort.resolve_dataset(),
            "target": cohort.target,
            "encoder": (cohort.encoder,),
            "aux": (experiment.aux,),
            "baseline": () if cohort.encoder != "none" else ("logistic",),
            "only": True,
            "repeats": experiment.repeats,
            "folds": experiment.folds,
            "inner": experiment.inner,
            "training": experiment.training,
        },
    )
    choice = choices.parse(cohort.resolve_dataset())
    path = ingest(choice, registry, home=experiment.home, workers=1, progress=NoProgress())
    return resolve(benchmark, registry, lambda: path)
