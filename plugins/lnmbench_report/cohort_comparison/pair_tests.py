"""Tests of pairs of methods with the cohort as the unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cell, Method, Results, Table, TableColumn
from lnmbench.results import (
    ALPHA,
    FAMILY_TITLES,
    MISSING,
    format_decimal,
    format_difference,
    format_p_equation,
    format_probability,
    format_pvalue,
    join_and,
    method_labels,
    metric_heading,
)
from lnmbench.stats import AcrossCohorts, bayesian_hierarchical, friedman_holm, holm
from lnmbench.text import plural
from lnmbench_report.cohort_comparison.scores import (
    any_synthetic_suffix,
    family_pairs,
    fold_differences,
    mean_scores,
    metric_sign,
    shared_questions,
)
from lnmbench_report.practical_equivalence import describe_ropes, find_rope

SOURCES = {
    "counted": "over all orders of the ranks within cohorts",
    "drawn": "over 100 000 sampled orders of the ranks within cohorts",
    "limit": "by the asymptotic distribution for many cohorts",
}
"""The source of a p value."""

OUTSIDE = "outside"
"""The mark of a pair outside of Holm's family."""

FEWEST_COHORTS = 3
"""Cohorts that the hierarchical test needs, each with differing folds."""

PAIR_COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="against", heading="against", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
)


def make_test_table(
    cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]
) -> Table:
    """Return the table of the tests of all pairs of methods.

    Parameters
    ----------
    cohorts
        The results of each cohort.
    methods, metrics
        What all cohorts have.
    """
    first = cohorts[0]
    tests = {
        metric: friedman_holm(metric_sign(first, metric) * mean_scores(cohorts, methods, metric))
        for metric in metrics
    }
    pairs = [
        (metric, a, b, pair.pvalue)
        for metric, test in tests.items()
        for (a, b), pair in zip(combinations(methods, 2), test.pairs, strict=True)
        if not (a.is_control and b.is_control)
    ]
    family = family_pairs(cohorts)
    in_family = [frozenset((a.fingerprint, b.fingerprint)) in family for _, a, b, _ in pairs]
    adjusted = iter(holm([p for (*_, p), member in zip(pairs, in_family, strict=True) if member]))
    any_test = tests[metrics[0]]  # kind and source are equal for all: same cohorts and methods
    overall = [
        f"{metric_heading(first, m)} {format_p_equation(t.pvalue)}" for m, t in tests.items()
    ]
    return Table(
        key="across_comparisons",
        title=f"Differences between methods across cohorts{any_synthetic_suffix(cohorts)}",
        columns=(
            *PAIR_COLUMNS,
            TableColumn(key="difference", heading="Mean difference (least to most)"),
            TableColumn(key="p", heading=f"p, {'ranks' if any_test.df else any_test.test}"),
            TableColumn(key="p_holm", heading="p, Holm"),
            TableColumn(key="posterior", heading="P(worse / equivalent / better)"),
        ),
        rows=tuple(
            tuple(
                _make_pair_cells(
                    cohorts, a, b, metric, p, float(next(adjusted)) if member else None
                )
            )
            for (metric, a, b, p), member in zip(pairs, in_family, strict=True)
        ),
        notes=(
            *_describe_tests(any_test, overall),
            f"Holm: over {plural(sum(in_family), 'test')}, {_describe_family(cohorts)}; a value "
            f"below {format_decimal(ALPHA, digits=2)} indicates a difference in these cohorts "
            "(Demšar 2006).",
            *_write_direction_notes(first, metrics),
            "P: posterior probability that the next cohort's difference is worse, equivalent or "
            "better, by the Bayesian hierarchical test (Corani et al. 2017), for the questions on "
            "auxiliary tasks; the test needs three cohorts, each with a difference on some fold. "
            f"{describe_ropes(first, metrics)}",
        ),
        methods=tuple((a.fingerprint, b.fingerprint) for _, a, b, _ in pairs),
    )


def _describe_family(cohorts: Sequence[Results]) -> str:
    family = cohorts[0].protocol.family
    if family != "auxiliary":
        return f"{FAMILY_TITLES[family]} × primary metrics (other pairs are descriptive)"
    if shared_questions(cohorts):
        return "the questions on auxiliary tasks × primary metrics (other pairs are descriptive)"
    return "every pair × primary metric"


def _describe_tests(test: AcrossCohorts, overall: Sequence[str]) -> Iterator[str]:
    """Yield the tests with their p values, and the source of these."""
    name = f"{test.test} over {test.cohorts} cohorts"
    if test.df is None:
        approximation = "exact" if test.source == "counted" else "by the normal approximation"
        yield f"{name}, {approximation}: {', '.join(overall)}."
    else:
        yield f"{name}, all methods, {SOURCES[test.source]}: {', '.join(overall)}."
        yield f"p of a pair: from its mean ranks, {SOURCES[test.pairs_source]}."


def _write_direction_notes(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    lower = [
        results.metric_titles[metric] for metric in metrics if metric_sign(results, metric) < 0.0
    ]
    if lower:
        yield f"In {join_and(lower)} a negative difference is a better score."


def _make_pair_cells(
    cohorts: Sequence[Results], a: Method, b: Method, metric: str, p: float, corrected: float | None
) -> Iterator[Cell]:
    """Yield the cells of a pair; `corrected` is None outside of Holm's family."""
    first = cohorts[0]
    labels = method_labels(first)
    folds = fold_differences(cohorts, b, a, metric)
    yield Cell(text=labels[b.fingerprint])
    yield Cell(text=labels[a.fingerprint])
    yield Cell(text=metric_heading(first, metric))
    yield difference_cell(np.array([d.mean() for d in folds]))
    yield Cell(text=format_pvalue(p), value=p)
    if corrected is None:
        yield Cell(text=OUTSIDE)
    else:
        yield Cell(text=format_pvalue(corrected), value=corrected)
    pairs = {question.fingerprints for question in shared_questions(cohorts)}
    if {a.fingerprint, b.fingerprint} in pairs:
        improvements = [metric_sign(first, metric) * d.ravel() for d in folds]
        yield _posterior_cell(improvements, first.protocol.folds, find_rope(first, metric))
    else:
        yield Cell(text=MISSING)


def difference_cell(differences: NDArray[np.float64]) -> Cell:
    """Return the mean of the cohorts' differences with the least and the greatest."""
    low, high, mean = (
        float(differences.min()),
        float(differences.max()),
        float(differences.mean()),
    )
    span = f"{format_difference(low, estimate=mean)} to {format_difference(high, estimate=mean)}"
    return Cell(text=f"{format_difference(mean)} ({span})", value=mean, low=low, high=high)


def _posterior_cell(improvements: Sequence[NDArray[np.float64]], folds: int, rope: float) -> Cell:
    """Return the probabilities that the next cohort is worse, equivalent and better."""
    if len(improvements) < FEWEST_COHORTS or any(np.ptp(d) == 0.0 for d in improvements):
        return Cell(text=MISSING)
    posterior = bayesian_hierarchical(improvements, folds=folds, rope=rope)
    probabilities = (posterior.next_worse, posterior.next_equivalent, posterior.next_better)
    text = " / ".join(map(format_probability, probabilities))
    return Cell(text=text, value=posterior.next_better)
