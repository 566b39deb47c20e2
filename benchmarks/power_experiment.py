"""One simulated cohort of a pool: redrawn outcomes, real plan, training, scores and tests."""

from __future__ import annotations

import functools
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from method_run import NoProgress, make_comparisons, make_registry, score_method
from numpy.typing import NDArray
from power_pool import Pool

from lnmbench import choices
from lnmbench.config import read_benchmark
from lnmbench.errors import UserError
from lnmbench.records import TARGET, Cohort, MethodResult, Plan, Resources
from lnmbench.results import ALPHA, FEWEST_CONTROLS
from lnmbench.stages.compare import compare, primary_comparison
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import ResolvedBenchmark, ResolvedNetwork, make_plan, resolve
from lnmbench.stages.run import make_chunk, network_results
from lnmbench.stats.permutation import permutation_pvalue
from lnmbench.store.cohort_file import read_cohort

METRIC = "auc"
DECLARED = "holm"
"""Name of the declared test: the primary comparison after Holm's correction over both metrics."""
PERMUTATION = "permutation"
CLAIM = "claim"
"""Name of the claim that pT helps: better by the declared test, and better than its control."""
CONTROL = "pt:shuffled=1"
_WORKER_GB = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerExperiment:
    """One cohort: `cases` of a pool's patients with outcomes of the parameters in `setting`.

    `arms` are auxiliary tasks, each compared with the network without any; `controls` counts the
    permutations of pT. With `train_unlabeled`, networks also train on the pool's other patients,
    whose pT is known and whose N2 is not. The experiment ends without a result at `deadline`, in
    seconds of `time.time`.
    """

    label: str
    setting: str
    cases: int
    cohort: int
    repeats: int
    folds: int
    inner: int
    train_unlabeled: bool
    pool: Pool
    arms: tuple[str, ...]
    controls: int
    weighting: str
    training: Mapping[str, object]
    device: str
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerAnswer:
    """One test of one arm against the network without an auxiliary task.

    `auc` and `reference` are the mean AUCs of the arm and of that network over the outer folds.
    `pvalue` is two-sided, except of the permutation test and of the claim.
    """

    label: str
    setting: str
    cases: int
    repeats: int
    folds: int
    inner: int
    train_unlabeled: bool
    cohort: int
    arm: str
    auc: float
    reference: float
    test: str
    pvalue: float

    @property
    def is_better(self) -> bool:
        """True if the test shows that the arm is better."""
        if self.test in (PERMUTATION, CLAIM):
            return self.pvalue <= ALPHA
        return self.pvalue < ALPHA and self.auc > self.reference

    @property
    def is_worse(self) -> bool:
        """True if the test shows that the arm is worse."""
        is_one_sided = self.test in (PERMUTATION, CLAIM)
        return not is_one_sided and self.pvalue < ALPHA and self.auc < self.reference


def simulate(experiment: PowerExperiment) -> tuple[PowerAnswer, ...]:
    """Return every test of every arm on the experiment's cohort; none after its deadline."""
    try:
        benchmark = plan_cohort(experiment)
        results = {
            name: run_arm(name, benchmark, experiment)
            for name in ("none", *experiment.arms, *_control_names(experiment))
        }
    except TimeoutError:
        return ()
    return tuple(_make_answers(experiment, benchmark.plan, results))


def plan_cohort(experiment: PowerExperiment) -> ResolvedBenchmark:
    """Return the networks of an experiment with its cohort and a plan of its own.

    Raises `TimeoutError` after the deadline.
    """
    _refuse_late(experiment)
    benchmark = resolve_arms(experiment)
    cohort = draw_cohort(experiment)
    protocol = replace(benchmark.plan.protocol, seed=experiment.cohort)
    target = make_registry().targets.build(choices.parse(protocol.target))
    return replace(benchmark, cohort=cohort, plan=make_plan(cohort, target, protocol))


def run_arm(name: str, benchmark: ResolvedBenchmark, experiment: PowerExperiment) -> MethodResult:
    """Return the scores of the network with the tasks of an arm.

    Parameters
    ----------
    name
        The arm, or `none`.
    benchmark
        The benchmark of the experiment.
    experiment
        The experiment.

    Raises
    ------
    TimeoutError
        After the deadline.
    """
    method = find_method(name, benchmark)
    predicted = _predict(method, benchmark, experiment)
    return score_method(method.method, predicted, benchmark.plan)


def draw_cohort(experiment: PowerExperiment) -> Cohort:
    """Return the pool's cohort with outcomes known for `cases` patients, drawn anew.

    Clinical features and images are those of the pool; labels of targets and auxiliary tasks are
    those of the same data set with the parameters of the setting and the cohort's outcome seed.
    Other patients have no label, so that plans leave them out, or with `train_unlabeled` no label
    of a target.
    """
    pool = read_cohort(experiment.pool.cohort_file)
    pool_choice = choices.parse(experiment.pool.dataset)
    parameters = choices.parse_parameters(experiment.setting) if experiment.setting else {}
    outcomes = {**parameters, "outcome_seed": experiment.cohort + 1, "images": False}
    choice = replace(pool_choice, parameters={**pool_choice.parameters, **outcomes})
    with tempfile.TemporaryDirectory() as folder:
        path = ingest(choice, make_registry(), home=Path(folder), workers=1, progress=NoProgress())
        table = read_cohort(path)
    if table.ids != pool.ids:
        raise UserError(
            "the setting changes the patients of the pool",
            where=experiment.setting,
            expected="parameters that change outcomes alone",
        )
    if experiment.cases > len(pool):
        raise UserError("more cases than the pool has", expected=f"at most {len(pool)}")
    random = np.random.default_rng((experiment.cohort, experiment.cases))
    drawn = np.zeros(len(pool), dtype=np.bool_)
    drawn[random.choice(len(pool), experiment.cases, replace=False)] = True
    roles = ("target",) if experiment.train_unlabeled else ("target", "aux")
    labels = {
        column.name: np.where(drawn, np.asarray(table.values[column.name], float), np.nan)
        for column in table.columns
        if column.role in roles
    }
    return replace(pool, columns=table.columns, values={**table.values, **labels}, card=table.card)


def find_method(arm: str, benchmark: ResolvedBenchmark) -> ResolvedNetwork:
    """Return the network with the auxiliary tasks of an arm, which may be `none`."""
    tasks = make_registry().aux_tasks
    aux = () if arm == "none" else tuple(map(tasks.bind, choices.parse_all(arm)))
    networks = (m for m in benchmark.methods if isinstance(m, ResolvedNetwork))
    return next(network for network in networks if network.method.aux == aux)


def _control_names(experiment: PowerExperiment) -> list[str]:
    names = (f"pt:shuffled={number}" for number in range(1, experiment.controls + 1))
    return [name for name in names if name not in experiment.arms]


def resolve_arms(experiment: PowerExperiment) -> ResolvedBenchmark:
    """Return the resolved networks of an experiment, over the cases and labels of its pool."""
    return _resolve_on_pool(
        experiment.pool,
        ("none", *experiment.arms, *_control_names(experiment)),
        (experiment.repeats, experiment.folds, experiment.inner),
        experiment.train_unlabeled,
        experiment.weighting,
        tuple(experiment.training.items()),
        experiment.device,
    )


@functools.lru_cache(maxsize=8)
def _resolve_on_pool(
    pool: Pool,
    arms: tuple[str, ...],
    folds: tuple[int, int, int],
    train_unlabeled: bool,
    weighting: str,
    training: tuple[tuple[str, object], ...],
    device: str,
) -> ResolvedBenchmark:
    repeats, outer, inner = folds
    benchmark = read_benchmark(
        None,
        {
            "dataset": pool.dataset,
            "encoder": (pool.encoder,),
            "aux": arms,
            "only": True,
            "repeats": repeats,
            "folds": outer,
            "inner": inner,
            "train_unlabeled": train_unlabeled,
            "weighting": weighting,
            "training": dict(training),
        },
    )
    resources = Resources(device=device, memory_gb=_WORKER_GB)
    return resolve(benchmark, make_registry(), lambda: pool.cohort_file, resources=resources)


def _predict(
    method: ResolvedNetwork, benchmark: ResolvedBenchmark, experiment: PowerExperiment
) -> NDArray[np.float64]:
    """Return out-of-fold probabilities (repeats, n)."""
    outer = benchmark.plan.splits.outer
    predicted = np.full(outer.shape, np.nan)
    registry = make_registry()
    for repeat in range(len(outer)):
        _refuse_late(experiment)
        chunk = make_chunk(method, benchmark, repeat, features=experiment.pool.features)
        for result in network_results(chunk, benchmark.cohort, registry):
            tested = outer[repeat] == result.unit.fold
            predicted[repeat, tested] = result.test[TARGET][tested, 0]
    return predicted


def _refuse_late(experiment: PowerExperiment) -> None:
    if time.time() > experiment.deadline:
        raise TimeoutError("the deadline of the experiment has passed")


def _make_answers(
    experiment: PowerExperiment, plan: Plan, results: Mapping[str, MethodResult]
) -> list[PowerAnswer]:
    means = {name: float(result.scores[METRIC].values.mean()) for name, result in results.items()}
    answers = []
    for arm in experiment.arms:
        pvalues = _compare(results["none"], results[arm], plan)
        if arm == "pt":
            pvalues |= _compare_with_controls(pvalues[DECLARED], means, results, plan)
        answers += [
            PowerAnswer(
                label=experiment.label,
                setting=experiment.setting,
                cases=experiment.cases,
                repeats=experiment.repeats,
                folds=experiment.folds,
                inner=experiment.inner,
                train_unlabeled=experiment.train_unlabeled,
                cohort=experiment.cohort,
                arm=arm,
                auc=means[arm],
                reference=means["none"],
                test=name,
                pvalue=pvalue,
            )
            for name, pvalue in pvalues.items()
            if not np.isnan(pvalue)
        ]
    return answers


def _compare(reference: MethodResult, result: MethodResult, plan: Plan) -> dict[str, float]:
    """Return the p value of each test of the AUC."""
    compared = compare(
        [reference, result],
        plan.truth,
        plan.splits.outer,
        metrics=plan.protocol.primary,
        comparisons=make_comparisons(),
    )
    (comparison,) = (each for each in compared if each.metric == METRIC)
    return {DECLARED: comparison.holm} | {n: t.pvalue for n, t in comparison.tests.items()}


def _compare_with_controls(
    declared: float, means: Mapping[str, float], results: Mapping[str, MethodResult], plan: Plan
) -> dict[str, float]:
    """Return the p value of the permutation test of pT, and that of the claim that pT helps.

    From 19 controls on, the permutation test decides on them, as in a report. With one, the primary
    test does.
    """
    controls = [mean for name, mean in means.items() if name.startswith("pt:shuffled=")]
    if not controls:
        return {}
    against_none = declared if means["pt"] > means["none"] else 1.0
    if len(controls) >= FEWEST_CONTROLS:
        permutation = permutation_pvalue(means["pt"], controls)
        return {PERMUTATION: permutation, CLAIM: max(against_none, permutation)}
    tests = make_comparisons()
    pvalue = _compare(results[CONTROL], results["pt"], plan)[primary_comparison(tests)]
    against_control = pvalue if means["pt"] > means[CONTROL] else 1.0
    return {CLAIM: max(against_none, against_control)}
