"""The logistic baseline with its tuning against scikit-learn's own, over the same folds.

lnmbench computes a chunk of the run: for every outer fold of a repeat, each candidate on the inner
folds. scikit-learn does `cross_validate(GridSearchCV(Pipeline))` over the same outer and inner
folds, the same candidates and the same score, `neg_log_loss`. One process, and one thread, each.
They differ in one thing: lnmbench averages the inner models of the chosen candidate, GridSearchCV
trains a new one on all training cases, so that their AUC are near each other and not equal. The
chosen C must agree.

    python benchmarks/speed/logistic.py
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, cross_validate
from threadpoolctl import threadpool_limits
from timing import make_parser, print_ratios, time_alternately

from lnmbench.clinical import feature_frame
from lnmbench.contracts import Baseline
from lnmbench.progress import SilentProgress
from lnmbench.records import TARGET, BaselineMethod, Choice, Cohort, Plan, Protocol, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.ingest import ingest
from lnmbench.stages.plan import make_plan
from lnmbench.stages.run import BaselineChunk, execute
from lnmbench.store.cohort_file import read_cohort

TARGETS = {"scikit-learn": 1.0}
_OPTIONS = (
    ("cases", 160, "patients of the synthetic cohort"),
    ("folds", 10, "outer folds"),
    ("inner", 5, "inner folds"),
    ("repeats", 1, "repeats that are timed"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InnerFolds:
    """The inner folds of the outer fold whose training cases are split."""

    plan: Plan
    repeat: int

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Any, Any]]:
        cases = X.index.to_numpy()  # rows are named by their place in the plan
        tested = np.setdiff1d(np.arange(len(self.plan.ids)), cases)
        fold = int(self.plan.splits.outer[self.repeat, tested[0]])
        inner_of = self.plan.splits.inner[self.repeat, fold][cases]
        for inner in range(self.plan.protocol.inner):
            yield np.flatnonzero(inner_of != inner), np.flatnonzero(inner_of == inner)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        return self.plan.protocol.inner


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """The same work for both: a cohort, its folds, and the baseline."""

    path: Path
    cohort: Cohort
    plan: Plan
    chunks: Sequence[BaselineChunk]
    baseline: Baseline

    def by_lnmbench(self) -> list[UnitResult]:
        return [result for chunk in self.chunks for result in execute(chunk)]

    def by_sklearn(self) -> list[dict[str, Any]]:
        with threadpool_limits(1):
            return [self._repeat(repeat) for repeat in range(len(self.chunks))]

    def _repeat(self, repeat: int) -> dict[str, Any]:
        frame = feature_frame(self.cohort, self.cohort.positions(self.plan.ids))
        outer = self.plan.splits.outer[repeat]
        folds = [
            (np.flatnonzero(outer != fold), np.flatnonzero(outer == fold))
            for fold in range(self.plan.protocol.folds)
        ]
        grid = [
            {f"model__{name}": [value] for name, value in candidate.items()}
            for candidate in self.baseline.candidates()
        ]
        search = GridSearchCV(
            self.baseline.estimator(self.cohort.features),
            grid,
            scoring="neg_log_loss",
            cv=InnerFolds(plan=self.plan, repeat=repeat),
        )
        found: dict[str, Any] = cross_validate(
            search, frame, self.plan.truth, cv=folds, scoring="roc_auc", return_estimator=True
        )
        return found


def problem_of(home: Path, *, cases: int, repeats: int, folds: int, inner: int) -> Problem:
    registry = Registry()
    dataset = Choice(name="synthetic", parameters={"n": cases, "images": False})
    path = ingest(dataset, registry, home=home, workers=1, progress=SilentProgress())
    cohort = read_cohort(path)
    protocol = Protocol(repeats=repeats, folds=folds, inner=inner)
    plan = make_plan(cohort, registry.targets.build(Choice(name=protocol.target)), protocol)
    bound = registry.baselines.bind(Choice(name="logistic"))
    method = BaselineMethod(label="logistic", baseline=bound)
    chunks = [
        BaselineChunk(method=method, repeat=repeat, folds=range(folds), plan=plan, cohort_file=path)
        for repeat in range(repeats)
    ]
    baseline = registry.baselines.offer(bound.name).factory(**bound.parameters)
    return Problem(path=path, cohort=cohort, plan=plan, chunks=chunks, baseline=baseline)


def agreement(problem: Problem) -> tuple[int, int, float]:
    """Return in how many of how many folds the same C is chosen, and the mean difference in AUC."""
    own = {(result.unit.repeat, result.unit.fold): result for result in problem.by_lnmbench()}
    same, apart = 0, []
    for repeat, found in enumerate(problem.by_sklearn()):
        for fold, search in enumerate(found["estimator"]):
            result = own[repeat, fold]
            chosen = {f"model__{name}": value for name, value in result.settings.items()}
            same += chosen == search.best_params_
            apart.append(_auc(problem.plan.truth, result) - found["test_score"][fold])
    return same, len(apart), float(np.mean(apart))


def _auc(truth: NDArray[np.float64], result: UnitResult) -> float:
    predicted = result.test[TARGET][:, 0]
    tested = ~np.isnan(predicted)
    return float(roc_auc_score(truth[tested], predicted[tested]))


def main() -> None:
    asked = make_parser(__doc__, _OPTIONS).parse_args()
    with tempfile.TemporaryDirectory() as home:
        problem = problem_of(
            Path(home),
            cases=asked.cases,
            repeats=asked.repeats,
            folds=asked.folds,
            inner=asked.inner,
        )
        candidates = len(problem.baseline.candidates())
        fits = asked.repeats * asked.folds * asked.inner * candidates
        print(
            f"{asked.cases} cases, {asked.repeats} × {asked.folds} × {asked.inner} folds, "
            f"{candidates} candidates: {fits} inner fits, one process of one thread each"
        )
        same, folds, apart = agreement(problem)
        print(
            f"agreement: the same C in {same} of {folds} outer folds; mean AUC differs by "
            f"{apart:+.4f} (five inner models averaged, against one trained on all their cases)"
        )
        ways = {"scikit-learn": problem.by_sklearn, "lnmbench": problem.by_lnmbench}
        medians = time_alternately(ways, asked.rounds, unit="s")
        print_ratios(medians, "lnmbench", "s", TARGETS)


if __name__ == "__main__":
    main()
