"""Power at the detectable difference that a report prints, by drawing new cohorts.

Two linear models are nearly equal: the second has one more feature, without weight. From such
cohorts the report's detectable difference is computed. Then the feature gets a weight, and the
second model is better: in how many new cohorts does the corrected test find the difference, and
does its standard error agree with the SD of the difference over the cohorts?

    python benchmarks/detectable_difference.py
    python benchmarks/detectable_difference.py --cases 120 --cohorts 100 --repeats 2
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded

import numpy as np
from argument_types import integer_from
from numpy.typing import NDArray
from scipy.special import stdtrit

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.rendering.terminal import to_text
from lnmbench.results import format_alpha, format_decimal
from lnmbench.stats.discrimination import auc
from lnmbench.stats.new_cohort import NewCohort, simulate_gains

FEATURES, WEIGHT, INTERCEPT, PENALTY = 8, 0.45, -1.0, 5.0
ADDED = (0.2, 0.35, 0.5, 0.7, 0.9, 1.2, 1.5, 2.0)
"""Weights of the feature that only the second model has."""
FAMILIES = (1, 2, 4, 12)
"""Numbers of tests that Holm's correction covers."""
PLACEMENT_CORRELATION = 0.97
"""That of the two models without the weight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """Cases of a cohort and its cross-validation."""

    cases: int
    repeats: int
    folds: int

    @property
    def factor(self) -> float:
        """The factor 1/J + n2/n1 of the corrected test."""
        return 1.0 / (self.repeats * self.folds) + 1.0 / (self.folds - 1)

    @property
    def df(self) -> int:
        """The degrees of freedom of the corrected test."""
        return self.repeats * self.folds - 1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """Cohorts: differences (cohorts, repeats, folds), the first model's AUC, positive cases."""

    differences: NDArray[np.float64]
    reference: float
    positives: float

    def errors(self, design: Design) -> NDArray[np.float64]:
        """Return the corrected standard error of each cohort, (cohorts,)."""
        return np.sqrt(self.differences.var(axis=(1, 2), ddof=1) * design.factor)

    def found(self, design: Design, level: float) -> float:
        """Return the share of cohorts in which the corrected test finds the second better."""
        ratio = self.differences.mean(axis=(1, 2)) / self.errors(design)
        return float(np.mean(ratio > stdtrit(design.df, (1.0 + level) / 2.0)))


def draw(design: Design, weight: float, cohorts: int, seed: int) -> Drawn:
    """Draw cohorts and cross-validate both models on each.

    Parameters
    ----------
    design
        Cases and folds.
    weight
        Weight of the feature that only the second model has.
    cohorts
        Number of cohorts.
    seed
        Seed of all of them.
    """
    random = np.random.default_rng(seed)
    differences = np.empty((cohorts, design.repeats, design.folds))
    references, positives = [], []
    for cohort in differences:
        x = random.normal(size=(design.cases, FEATURES + 1))
        logit = x @ np.r_[np.full(FEATURES, WEIGHT), weight] + INTERCEPT
        y = (random.random(design.cases) < 1.0 / (1.0 + np.exp(-logit))).astype(np.float64)
        positives.append(y.sum())
        for row in cohort:
            fold = np.empty(design.cases, dtype=np.intp)
            for label in (0.0, 1.0):
                members = random.permutation(np.flatnonzero(y == label))
                fold[members] = np.arange(members.size) % design.folds
            for k in range(design.folds):
                first, second = (_score(x[:, :f], y, fold == k) for f in (FEATURES, FEATURES + 1))
                row[k] = second - first
                references.append(first)
    return Drawn(
        differences=differences,
        reference=float(np.mean(references)),
        positives=float(np.mean(positives)),
    )


def _score(x: NDArray[np.float64], y: NDArray[np.float64], test: NDArray[np.bool_]) -> float:
    """Return the AUC in a test fold of a ridge regression on the other cases."""
    inputs, labels = x[~test], y[~test]
    gram = inputs.T @ inputs + PENALTY * np.eye(x.shape[1])
    return auc(y[test], x[test] @ np.linalg.solve(gram, inputs.T @ (labels - labels.mean())))


def make_table(design: Design, cohorts: int) -> Table:
    """Return a row for each family: the printed difference and the power there."""
    equal = draw(design, 0.0, cohorts, seed=0)
    observed = math.sqrt(float(np.mean(equal.errors(design) ** 2)))
    positives = round(equal.positives)
    cohort = NewCohort(
        observed_error=observed,
        df=design.df,
        share=PLACEMENT_CORRELATION * design.folds * design.factor,
        curve=simulate_gains(
            auc,
            auc=equal.reference,
            positives=positives,
            negatives=design.cases - positives,
        ),
    )
    better = [draw(design, weight, cohorts, seed=1 + n) for n, weight in enumerate(ADDED)]
    gains = np.array([0.0, *(float(group.differences.mean()) for group in better)])
    spreads = [float(group.differences.mean(axis=(1, 2)).std(ddof=1)) for group in better]
    rows = []
    for tests in FAMILIES:
        level = 1.0 - 0.05 / tests
        power = [(1.0 - level) / 2.0, *(group.found(design, level) for group in better)]
        quantiles = float(stdtrit(design.df, (1.0 + level) / 2.0) + stdtrit(design.df, 0.8))
        printed = cohort.detectable(level=level)
        numbers = (
            *(quantiles * observed, float(np.interp(quantiles * observed, gains, power))),
            *(printed, float(np.interp(printed, gains, power))),
            *(float(cohort.error(printed)), float(np.interp(printed, gains[1:], spreads))),
        )
        head = Cell(text=f"{format_alpha(1.0 - level)}", value=1.0 - level)
        rows.append((head, *(Cell(text=format_decimal(n), value=n) for n in numbers)))
    headings = (
        *("threshold of p", "by these folds", "its power", "in a new cohort", "its power"),
        *("SE", "SD over cohorts"),
    )
    return Table(
        key=f"detectable_{design.cases}",
        title=f"{design.cases} cases, {design.repeats} × {design.folds} folds, {cohorts} cohorts",
        columns=tuple(
            TableColumn(key=f"column_{n}", heading=heading) for n, heading in enumerate(headings)
        ),
        rows=tuple(rows),
        notes=(
            "Differences in AUC that are printed for two nearly equal models, and the share of new "
            "cohorts in which the corrected test finds them. SE: of the corrected test at the "
            "printed difference in a new cohort.",
        ),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each number of cases."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=integer_from(40), nargs="+", default=[120, 300, 600])
    parser.add_argument("--cohorts", type=integer_from(2), default=300)
    parser.add_argument("--repeats", type=integer_from(1), default=10)
    parser.add_argument("--folds", type=integer_from(2), default=10)
    options = parser.parse_args(arguments)
    for cases in options.cases:
        design = Design(cases=cases, repeats=options.repeats, folds=options.folds)
        print(to_text([make_table(design, options.cohorts)]))


if __name__ == "__main__":
    main()
