"""Table of differences: estimate, corrected p, Holm's p and the p that earlier work published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lnmbench.records import Block, Cell, PairComparison, Results, TableColumn
from lnmbench.results import (
    FAMILY_TITLES,
    MISSING,
    aux_questions,
    describe_missing_scores,
    family_size,
    format_pvalue,
    format_with_interval,
    has_declared_family,
    is_unconfirmed,
    join_and,
    metric_title,
    published_tests,
)
from lnmbench.text import plural
from lnmbench_report.comparisons.pair_table import make_pair_table, pvalue_cell
from lnmbench_report.comparisons.published import describe_published

MOST_UNDEFINED = 6
"""The largest number of methods that a note names; it counts the others."""
OUTSIDE = "outside"
"""The mark of a pair outside of Holm's family."""


def make_difference_table(
    results: Results,
    comparisons: Sequence[PairComparison],
    *,
    every_pair: bool = False,
    exhaustive: bool = False,
    notes: tuple[str, ...] = (),
) -> list[Block]:
    """Return a table of differences, corrected p, Holm's p and the p that earlier work published.

    A cell marks a published p that the corrected test does not confirm, and a pair that could not
    be compared. There is no table without comparisons.

    Parameters
    ----------
    results, comparisons
        The results, and the comparisons that the table shows.
    every_pair
        Whether the table is that of every pair.
    exhaustive
        Whether the table is too long for the terminal.
    notes
        Further notes below the table.
    """
    table = make_pair_table(
        results,
        comparisons,
        key="all_comparisons" if every_pair else "comparisons",
        title="All differences between methods" if every_pair else "Differences between methods",
        columns=tuple(_difference_columns(results)),
        rows=[tuple(_difference_cells(results, comparison)) for comparison in comparisons],
        notes=(
            *_interpretation_notes(results, comparisons),
            *_direction_notes(results, comparisons),
            *_undefined_notes(results, comparisons),
            *notes,
        ),
        exhaustive=exhaustive,
    )
    return [table] if comparisons else []


def _difference_columns(results: Results) -> Iterator[TableColumn]:
    corrected = results.comparison_titles.get(results.primary, results.primary)
    yield TableColumn(key="difference", heading="Difference (95 % CI)")
    yield TableColumn(key=f"p_{results.primary}", heading=f"p, {corrected}")
    yield TableColumn(key="p_holm", heading="p, Holm")
    for name in published_tests(results):
        title = results.comparison_titles[name]
        yield TableColumn(key=f"p_{name}", heading=f'p, {title}, "as published"')


def _difference_cells(results: Results, comparison: PairComparison) -> Iterator[Cell]:
    published = published_tests(results)
    if not comparison.tests:
        yield Cell(text="not compared")
        yield from (Cell(text=MISSING) for _ in ("p", "Holm", *published))
        return
    test = comparison.tests[results.primary]
    text = format_with_interval(test.estimate, test.low, test.high)
    yield Cell(text=text, value=test.estimate, low=test.low, high=test.high)
    yield Cell(text=format_pvalue(test.pvalue), value=test.pvalue)
    yield _holm_cell(comparison)
    for name in published:
        cell = pvalue_cell(comparison.tests.get(name))
        unconfirmed = name in comparison.tests and is_unconfirmed(results, comparison, name)
        yield replace(cell, text=f"{cell.text}, not confirmed") if unconfirmed else cell


def _holm_cell(comparison: PairComparison) -> Cell:
    if not comparison.in_family:
        return Cell(text=OUTSIDE)
    return Cell(text=format_pvalue(comparison.holm), value=comparison.holm)


def _interpretation_notes(results: Results, comparisons: Sequence[PairComparison]) -> Iterator[str]:
    yield from describe_published(results, comparisons)
    yield f"CI: that of the corrected test. {_describe_family(results)}"


def _describe_family(results: Results) -> str:
    """Return sentences on the tests that Holm's correction covers, and on the others."""
    tests = plural(family_size(results), "test")
    if not has_declared_family(results):
        return (
            f"Holm: over {tests}, every pair × primary metric, because no network with an "
            "auxiliary task has a counterpart without it."
        )
    outside = "Pairs outside are descriptive: their p is not adjusted, and they have no verdict."
    family = results.protocol.family
    if family != "auxiliary":
        return (
            f"Holm: over {tests}, {FAMILY_TITLES[family]} × primary metrics, the family that was "
            f"declared before the run. {outside}"
        )
    if not family_size(results):
        return f"Holm: no question on an auxiliary task is complete yet. {outside}"
    questions = plural(len(aux_questions(results)), "question")
    return (
        f"Holm: over {tests}, {questions} × primary metrics; a question is a network with an "
        f"auxiliary task against the same network without it. {outside}"
    )


def _direction_notes(results: Results, comparisons: Sequence[PairComparison]) -> Iterator[str]:
    metrics = dict.fromkeys(comparison.metric for comparison in comparisons)
    lower = [m for m in metrics if not results.metric_better.get(m, True)]
    if lower:
        titles = join_and([metric_title(results, metric) for metric in lower])
        yield f"In {titles} a negative difference is a better score."


def _undefined_notes(results: Results, comparisons: Sequence[PairComparison]) -> Iterator[str]:
    not_compared = [comparison for comparison in comparisons if not comparison.tests]
    methods = {key for c in not_compared for key in (c.method_a, c.method_b)}
    undefined = [
        f"{metric_title(results, metric)} on {folds}"
        for metric in dict.fromkeys(comparison.metric for comparison in not_compared)
        for result in results.method_results
        if result.method.fingerprint in methods
        for folds in [describe_missing_scores(result, metric)]
        if folds
    ]
    if undefined:
        hidden = len(undefined) - MOST_UNDEFINED
        more = [f"{hidden} more"] if hidden > 0 else []
        yield (
            "Not compared: pairs with a fold on which the metric is undefined: "
            f"{join_and([*undefined[:MOST_UNDEFINED], *more])}. "
            "Holm counts such a pair of its family as a test with p = 1."
        )
