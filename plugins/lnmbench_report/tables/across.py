"""Several cohorts side by side: do methods differ from cohort to cohort alike?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, Method, Paragraph, Results, Table, TableColumn
from lnmbench.stats import bayesian_hierarchical, friedman_holm
from lnmbench_report.arms import names
from lnmbench_report.cohorts import differences, label, shared, shared_questions, sign, values
from lnmbench_report.figures.across import forest, ranks
from lnmbench_report.printed import (
    ALPHA,
    NOTHING,
    counted,
    decimal,
    interval,
    listed,
    p_is,
    pvalue,
    signed,
)

ROPE = 0.01
FEW = 5
LEAST = 3
"""Cohorts that the hierarchical test needs at the least, none of them without any spread."""


class Across:
    """Cohorts, each method's scores in all of them, and tests whose unit is the cohort."""

    order = 15

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return nothing: one cohort is the other sections' matter."""
        return []

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return the cohorts, the scores and the tests, in tables and figures."""
        methods = shared(cohorts)
        return [
            Paragraph(key="across", title="Across cohorts", lines=tuple(_answer(cohorts, methods))),
            _cohorts(cohorts),
            *(_scores(cohorts, methods, metric) for metric in cohorts[0].primary_metrics),
            _tests(cohorts, methods),
            *forest(cohorts),
            *ranks(cohorts, methods),
        ]


def _answer(cohorts: Sequence[Results], methods: Sequence[Method]) -> Iterator[str]:
    arms = counted(len(methods), "method", "methods")
    yield f"{arms} over {len(cohorts)} cohorts, each under the same protocol."
    for question in shared_questions(cohorts):
        for metric in cohorts[0].primary_metrics:
            gaps = np.array([d.mean() for d in differences(cohorts, question, metric)])
            better = int((sign(cohorts[0], metric) * gaps > 0).sum())
            title = cohorts[0].metric_titles[metric]
            yield (
                f"{question.aux} in {title}: better in {better} of {len(cohorts)} cohorts, by "
                f"{signed(float(gaps.mean()))} on average ({signed(float(gaps.min()))} to "
                f"{signed(float(gaps.max()))})."
            )
    if len(cohorts) < FEW:
        least = p_is(2.0 ** (1 - len(cohorts)))
        yield (
            f"With {len(cohorts)} cohorts no test of ranks can say much: a difference that has the "
            f"same sign in all of them has {least} at best. Look at the differences themselves."
        )
    if any(one.card.synthetic for one in cohorts):
        made = [label(one) for one in cohorts if one.card.synthetic]
        yield f"SYNTHETIC, not patients: {listed(made)}."


def _cohorts(cohorts: Sequence[Results]) -> Table:
    return Table(
        key="cohorts",
        title="Cohorts",
        columns=(
            TableColumn(key="cohort", heading="Cohort", align="left"),
            TableColumn(key="n", heading="Cases"),
            TableColumn(key="positives", heading="Positive"),
            TableColumn(key="prevalence", heading="Prevalence"),
            TableColumn(key="source", heading="What it is", align="left"),
        ),
        rows=tuple(
            (
                Cell(text=label(one)),
                Cell(text=str(one.n), value=float(one.n)),
                Cell(text=str(one.positives), value=float(one.positives)),
                Cell(text=decimal(one.positives / one.n), value=one.positives / one.n),
                Cell(text=one.card.title),
            )
            for one in cohorts
        ),
    )


def _scores(cohorts: Sequence[Results], methods: Sequence[Method], metric: str) -> Table:
    first = cohorts[0]
    table = values(cohorts, methods, metric)
    average = friedman_holm(sign(first, metric) * table).average_ranks
    labels = names(first)

    def row(place: int, method: Method) -> Iterator[Cell]:
        yield Cell(text=labels[method.fingerprint])
        for one in cohorts:
            (outcome,) = [o for o in one.outcomes if o.method.fingerprint == method.fingerprint]
            mean = outcome.summary[metric]
            text = f"{decimal(mean.value)} ({interval(mean.low, mean.high)})"
            yield Cell(text=text, value=mean.value, low=mean.low, high=mean.high)
        yield Cell(text=f"{average[place]:.2f}", value=float(average[place]))

    return Table(
        key=f"across_{metric}",
        title=f"{first.metric_titles[metric]} in each cohort",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            *(
                TableColumn(key=f"cohort{number}", heading=label(one))
                for number, one in enumerate(cohorts, start=1)
            ),
            TableColumn(key="rank", heading="Mean rank"),
        ),
        rows=tuple(tuple(row(place, method)) for place, method in enumerate(methods)),
        notes=(
            "Mean over the outer folds (corrected 95 % CI) within each cohort. Rank 1 is the best; "
            "ties share their mean rank.",
        ),
        arms=tuple((method.fingerprint,) for method in methods),
    )


def _tests(cohorts: Sequence[Results], methods: Sequence[Method]) -> Table:
    first = cohorts[0]
    overall: list[str] = []
    rows: list[tuple[Cell, ...]] = []
    arms: list[tuple[str, ...]] = []
    for metric in first.primary_metrics:
        found = friedman_holm(sign(first, metric) * values(cohorts, methods, metric))
        overall.append(f"{first.metric_titles[metric]} {p_is(found.pvalue)}")
        for (a, b), pair in zip(combinations(methods, 2), found.pairs, strict=True):
            rows.append(tuple(_pair(cohorts, a, b, metric, pair.pvalue, pair.holm)))
            arms.append((a.fingerprint, b.fingerprint))
    return Table(
        key="across_comparisons",
        title="Differences between methods across cohorts",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            TableColumn(key="against", heading="against", align="left"),
            TableColumn(key="metric", heading="Metric", align="left"),
            TableColumn(key="difference", heading="Mean difference (least to most)"),
            TableColumn(key="p", heading=f"p, {found.test}"),
            TableColumn(key="p_holm", heading="p, Holm"),
            TableColumn(key="believed", heading="P(worse / equal / better)"),
        ),
        rows=tuple(rows),
        notes=(
            f"{found.test} over {len(cohorts)} cohorts, all methods: {', '.join(overall)}; pairs "
            f"by their mean ranks, Holm within a metric; p < {decimal(ALPHA, digits=2)} would be a "
            "difference in these cohorts (Demšar 2006).",
            f"P: of the next cohort's difference being below −{decimal(ROPE, digits=2)}, within "
            f"±{decimal(ROPE, digits=2)}, or above, by the Bayesian hierarchical test (Corani et "
            "al. 2017), for the questions on auxiliary tasks; it takes at least three cohorts, each "
            "with a difference on some fold.",
        ),
        arms=tuple(arms),
    )


def _pair(
    cohorts: Sequence[Results], a: Method, b: Method, metric: str, p: float, holm: float
) -> Iterator[Cell]:
    first = cohorts[0]
    labels = names(first)
    folds: list[NDArray[np.float64]] = [
        values_b - values_a
        for values_a, values_b in (
            (_folds(one, a, metric), _folds(one, b, metric)) for one in cohorts
        )
    ]
    gaps = np.array([d.mean() for d in folds])
    yield Cell(text=labels[b.fingerprint])
    yield Cell(text=labels[a.fingerprint])
    yield Cell(text=first.metric_titles[metric])
    low, high, mean = float(gaps.min()), float(gaps.max()), float(gaps.mean())
    text = f"{signed(mean)} ({signed(low)} to {signed(high)})"
    yield Cell(text=text, value=mean, low=low, high=high)
    yield Cell(text=pvalue(p), value=p)
    yield Cell(text=pvalue(holm), value=holm)
    asked = {question.couple for question in shared_questions(cohorts)}
    if {a.fingerprint, b.fingerprint} in asked:
        yield _believed([sign(first, metric) * d.ravel() for d in folds], first.protocol.folds)
    else:
        yield Cell(text=NOTHING)


def _believed(better: Sequence[NDArray[np.float64]], folds: int) -> Cell:
    if len(better) < LEAST or any(np.ptp(d) == 0.0 for d in better):
        return Cell(text=NOTHING)
    posterior = bayesian_hierarchical(better, folds=folds, rope=ROPE)
    masses = (posterior.next_worse, posterior.next_equivalent, posterior.next_better)
    return Cell(text=" / ".join(decimal(m, digits=2) for m in masses), value=masses[2])


def _folds(results: Results, method: Method, metric: str) -> NDArray[np.float64]:
    (outcome,) = [o for o in results.outcomes if o.method.fingerprint == method.fingerprint]
    return outcome.scores[metric].values
