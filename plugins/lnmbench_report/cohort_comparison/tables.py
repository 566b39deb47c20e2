"""Tables across cohorts: the cohorts, the scores in each, and tests with the cohort as the unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, Method, Paragraph, Results, Table, TableColumn
from lnmbench.results import (
    ALPHA,
    format_decimal,
    format_interval,
    format_pvalue,
    join_and,
    method_labels,
    metric_heading,
)
from lnmbench.stats import friedman_holm, least_pvalues
from lnmbench.text import plural
from lnmbench_report.cohort_comparison.figures import draw_forest, draw_ranks
from lnmbench_report.cohort_comparison.pair_tests import difference_cell, make_test_table
from lnmbench_report.cohort_comparison.scores import (
    any_synthetic_suffix,
    cohort_label,
    comparable_metrics,
    describe_undefined_metrics,
    family_pairs,
    fold_differences,
    mean_scores,
    metric_sign,
    shared_methods,
    shared_questions,
)


class CohortComparison:
    """Cohorts, the scores of each method in all of them, and tests whose unit is the cohort."""

    group: SectionGroup = "answer"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return no block: other sections describe a single cohort."""
        return []

    def across(self, cohorts: Sequence[Results]) -> Sequence[Block]:
        """Return the cohorts, the scores and the tests, in tables and figures."""
        methods, metrics = shared_methods(cohorts), comparable_metrics(cohorts)
        lines = tuple(_write_lines(cohorts, methods, metrics))
        blocks: list[Block] = [
            Paragraph(key="across", title="Across cohorts", lines=lines),
            _make_cohort_table(cohorts),
        ]
        if metrics:
            blocks += [_make_score_table(cohorts, methods, metric) for metric in metrics]
            blocks += [make_test_table(cohorts, methods, metrics)]
            blocks += [*draw_forest(cohorts, metrics), *draw_ranks(cohorts, methods, metrics)]
        return blocks


def _write_lines(
    cohorts: Sequence[Results], methods: Sequence[Method], metrics: Sequence[str]
) -> Iterator[str]:
    count = plural(len(methods), "method")
    yield f"{count} over {len(cohorts)} cohorts, each under the same protocol."
    for question in shared_questions(cohorts):
        for metric in metrics:
            folds = fold_differences(cohorts, question.method, question.reference, metric)
            differences = np.array([d.mean() for d in folds])
            better = int((metric_sign(cohorts[0], metric) * differences > 0).sum())
            yield (
                f"Auxiliary task {question.aux} in {metric_heading(cohorts[0], metric)}: better in "
                f"{better} of {len(cohorts)} cohorts, mean difference "
                f"{difference_cell(differences).text}."
            )
    yield from describe_undefined_metrics(cohorts)
    tests = len(metrics) * len(family_pairs(cohorts))
    yield from _describe_least_pvalues(len(cohorts), len(methods), tests)
    synthetic = [cohort_label(results) for results in cohorts if results.card.synthetic]
    if synthetic:
        yield f"SYNTHETIC, not patients: {join_and(synthetic)}."


def _describe_least_pvalues(cohorts: int, methods: int, tests: int) -> Iterator[str]:
    """Yield a sentence if no scores could make the tests of ranks significant.

    Parameters
    ----------
    cohorts, methods
        The numbers of cohorts and methods.
    tests
        The size of Holm's family.
    """
    overall, pair = least_pvalues(cohorts, methods)
    corrected = min(1.0, tests * pair)
    if not tests or max(overall, corrected) < ALPHA:
        return
    least = f"p is at least {format_pvalue(overall)} for all methods together"
    if methods == 2:
        least = f"p is at least {format_pvalue(pair)}"
    if tests > 1:
        least += f" and, after Holm over {plural(tests, 'test')}, {format_pvalue(corrected)}"
        least += " for the first"
    elif methods > 2:
        least += f" and {format_pvalue(pair)} for the question"
    yield (
        f"With {cohorts} cohorts and {methods} methods the tests of ranks have little power: "
        f"{least}, even if all cohorts agree. Look at the differences themselves."
    )


def _make_cohort_table(cohorts: Sequence[Results]) -> Table:
    return Table(
        key="cohorts",
        title=f"Cohorts{any_synthetic_suffix(cohorts)}",
        columns=(
            TableColumn(key="cohort", heading="Cohort", align="left"),
            TableColumn(key="n", heading="Cases"),
            TableColumn(key="positives", heading="Positive"),
            TableColumn(key="prevalence", heading="Prevalence"),
            TableColumn(key="source", heading="Title", align="left"),
        ),
        rows=tuple(
            (
                Cell(text=cohort_label(results)),
                Cell(text=str(results.n), value=float(results.n)),
                Cell(text=str(results.positives), value=float(results.positives)),
                Cell(
                    text=format_decimal(results.positives / results.n),
                    value=results.positives / results.n,
                ),
                Cell(text=results.card.title),
            )
            for results in cohorts
        ),
    )


def _make_score_table(cohorts: Sequence[Results], methods: Sequence[Method], metric: str) -> Table:
    first = cohorts[0]
    scores = metric_sign(first, metric) * mean_scores(cohorts, methods, metric)
    ranks = friedman_holm(scores).average_ranks
    labels = method_labels(first)

    def make_row(index: int, method: Method) -> Iterator[Cell]:
        yield Cell(text=labels[method.fingerprint])
        for results in cohorts:
            (mean,) = [
                r.summary[metric]
                for r in results.method_results
                if r.method.fingerprint == method.fingerprint
            ]
            bounds = format_interval(mean.low, mean.high, estimate=mean.value)
            text = f"{format_decimal(mean.value)} ({bounds})"
            yield Cell(text=text, value=mean.value, low=mean.low, high=mean.high)
        yield Cell(text=f"{ranks[index]:.2f}", value=float(ranks[index]))

    return Table(
        key=f"across_{metric}",
        title=f"{metric_heading(first, metric)} in each cohort{any_synthetic_suffix(cohorts)}",
        columns=(
            TableColumn(key="method", heading="Method", align="left"),
            *(
                TableColumn(key=f"cohort{number}", heading=cohort_label(results))
                for number, results in enumerate(cohorts, start=1)
            ),
            TableColumn(key="rank", heading="Mean rank"),
        ),
        rows=tuple(tuple(make_row(index, method)) for index, method in enumerate(methods)),
        notes=(
            "Mean over the outer folds (corrected 95 % CI) within each cohort. Rank 1 is the best; "
            "ties share their mean rank.",
        ),
        methods=tuple((method.fingerprint,) for method in methods),
    )
