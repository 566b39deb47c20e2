"""Several cohorts side by side: do methods differ from cohort to cohort alike?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Block, Cell, Method, Paragraph, Results, Table, TableColumn
from lnmbench.stats import (
    AcrossCohorts,
    bayesian_hierarchical,
    friedman_holm,
    holm,
    least_pvalues,
)
from lnmbench_report.arms import names
from lnmbench_report.by_metric import metric_title
from lnmbench_report.cohorts import (
    any_synthetic,
    comparable,
    differences,
    label,
    left_out,
    shared,
    shared_questions,
    sign,
    values,
)
from lnmbench_report.figures.across import forest, ranks
from lnmbench_report.printed import (
    ALPHA,
    NOTHING,
    counted,
    decimal,
    interval,
    listed,
    p_is,
    probability,
    pvalue,
    signed,
)

ROPE = 0.01
SOURCES = {
    "counted": "over all orders of the ranks within cohorts",
    "drawn": "over 100 000 drawn orders of the ranks within cohorts",
    "limit": "by the limit for many cohorts",
}
"""Where a p value comes from."""
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
        methods, metrics = shared(cohorts), comparable(cohorts)
        lines = tuple(_answer(cohorts, methods, metrics))
        made: list[Block] = [
            Paragraph(key="across", title="Across cohorts", lines=lines),
            _cohorts(cohorts),
        ]
        if metrics:
            made += [_scores(cohorts, methods, metric) for metric in metrics]
            made += [_tests(cohorts, methods, metrics)]
            made += [*forest(cohorts, metrics), *ranks(cohorts, methods, metrics)]
        return made


def _answer(
    cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]
) -> Iterator[str]:
    arms = counted(len(methods), "method", "methods")
    yield f"{arms} over {len(cohorts)} cohorts, each under the same protocol."
    for question in shared_questions(cohorts):
        for metric in metrics:
            gaps = np.array([d.mean() for d in differences(cohorts, question, metric)])
            better = int((sign(cohorts[0], metric) * gaps > 0).sum())
            title = metric_title(cohorts[0], metric)
            mean, low, high = float(gaps.mean()), float(gaps.min()), float(gaps.max())
            yield (
                f"{question.aux} in {title}: better in {better} of {len(cohorts)} cohorts, by "
                f"{signed(mean)} on average ({signed(low, of=mean)} to {signed(high, of=mean)})."
            )
    yield from left_out(cohorts)
    yield from _least(len(cohorts), len(methods), len(metrics))
    if any(one.card.synthetic for one in cohorts):
        made = [label(one) for one in cohorts if one.card.synthetic]
        yield f"SYNTHETIC, not patients: {listed(made)}."


def _least(cohorts: int, methods: int, metrics: int) -> Iterator[str]:
    """What the tests of ranks cannot show, whatever the scores are."""
    overall, pair = least_pvalues(cohorts, methods)
    tests = metrics * methods * (methods - 1) // 2
    after = min(1.0, tests * pair)
    if not tests or max(overall, after) < ALPHA:
        return
    least = f"p is at least {pvalue(overall)} for all methods together"
    if methods == 2:
        least = f"p is at least {pvalue(pair)}"
    if tests > 1:
        least += f" and, after Holm over {tests} pairs and metrics, {pvalue(after)} for the first"
    yield (
        f"With {cohorts} cohorts and {methods} methods the tests of ranks can say little: {least}, "
        "even where all cohorts agree. Look at the differences themselves."
    )


def _cohorts(cohorts: Sequence[Results]) -> Table:
    return Table(
        key="cohorts",
        title=f"Cohorts{any_synthetic(cohorts)}",
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
            (outcome,) = [
                o for o in one.method_results if o.method.fingerprint == method.fingerprint
            ]
            mean = outcome.summary[metric]
            text = f"{decimal(mean.value)} ({interval(mean.low, mean.high, of=mean.value)})"
            yield Cell(text=text, value=mean.value, low=mean.low, high=mean.high)
        yield Cell(text=f"{average[place]:.2f}", value=float(average[place]))

    return Table(
        key=f"across_{metric}",
        title=f"{metric_title(first, metric)} in each cohort{any_synthetic(cohorts)}",
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
        methods=tuple((method.fingerprint,) for method in methods),
    )


def _tests(cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]) -> Table:
    first = cohorts[0]
    found = {
        metric: friedman_holm(sign(first, metric) * values(cohorts, methods, metric))
        for metric in metrics
    }
    pairs = [
        (metric, a, b, pair.pvalue)
        for metric, one in found.items()
        for (a, b), pair in zip(combinations(methods, 2), one.pairs, strict=True)
    ]
    adjusted = holm([pair[-1] for pair in pairs])
    test = found[metrics[0]]  # the same for all: they have the same cohorts and methods
    overall = [f"{metric_title(first, m)} {p_is(one.pvalue)}" for m, one in found.items()]
    return Table(
        key="across_comparisons",
        title=f"Differences between methods across cohorts{any_synthetic(cohorts)}",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            TableColumn(key="against", heading="against", align="left"),
            TableColumn(key="metric", heading="Metric", align="left"),
            TableColumn(key="difference", heading="Mean difference (least to most)"),
            TableColumn(key="p", heading=f"p, {'ranks' if test.df else test.test}"),
            TableColumn(key="p_holm", heading="p, Holm"),
            TableColumn(key="believed", heading="P(worse / equivalent / better)"),
        ),
        rows=tuple(
            tuple(_pair(cohorts, a, b, metric, p, float(after)))
            for (metric, a, b, p), after in zip(pairs, adjusted, strict=True)
        ),
        notes=(
            *_tested(test, overall),
            f"Holm: over all {len(pairs)}, every pair × primary metric; below "
            f"{decimal(ALPHA, digits=2)} it would be a difference in these cohorts (Demšar 2006).",
            *_directions(first, metrics),
            f"P: that the next cohort's difference is worse by more than {decimal(ROPE, digits=2)},"
            f" within ±{decimal(ROPE, digits=2)}, or better by more, by the Bayesian hierarchical "
            "test (Corani et al. 2017), for the questions on auxiliary tasks; it takes at least "
            "three cohorts, each with a difference on some fold.",
        ),
        methods=tuple((a.fingerprint, b.fingerprint) for _, a, b, _ in pairs),
    )


def _tested(test: AcrossCohorts, overall: list[str]) -> Iterator[str]:
    """Which tests there are, and where their p values come from."""
    over = f"{test.test} over {test.cohorts} cohorts"
    if test.df is None:
        exact = "exact" if test.source == "counted" else "by the normal"
        yield f"{over}, {exact}: {', '.join(overall)}."
    else:
        yield f"{over}, all methods, {SOURCES[test.source]}: {', '.join(overall)}."
        yield f"p: of a pair, by its mean ranks, {SOURCES[test.pairs_source]}."


def _directions(results: Results, metrics: Sequence[str]) -> Iterator[str]:
    lower = [results.metric_titles[metric] for metric in metrics if sign(results, metric) < 0.0]
    if lower:
        yield f"In {listed(lower)} a negative difference is a better score."


def _pair(
    cohorts: Sequence[Results], a: Method, b: Method, metric: str, p: float, after: float
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
    yield Cell(text=metric_title(first, metric))
    low, high, mean = float(gaps.min()), float(gaps.max()), float(gaps.mean())
    text = f"{signed(mean)} ({signed(low, of=mean)} to {signed(high, of=mean)})"
    yield Cell(text=text, value=mean, low=low, high=high)
    yield Cell(text=pvalue(p), value=p)
    yield Cell(text=pvalue(after), value=after)
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
    return Cell(text=" / ".join(map(probability, masses)), value=masses[2])


def _folds(results: Results, method: Method, metric: str) -> NDArray[np.float64]:
    (outcome,) = [o for o in results.method_results if o.method.fingerprint == method.fingerprint]
    return outcome.scores[metric].values
