"""Tables of comparisons: differences with their p values, and additional tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lnmbench.contracts import SectionGroup
from lnmbench.records import Block, Cell, PairComparison, Results, Table, TableColumn, TestResult
from lnmbench.results import (
    MISSING,
    all_questions,
    aux_questions,
    can_show_effect,
    comparisons_in_order,
    describe_missing_scores,
    family_size,
    format_difference,
    format_interval,
    format_probability,
    format_pvalue,
    has_declared_family,
    is_unconfirmed,
    join_and,
    method_labels,
    metric_heading,
    metric_title,
    primary_metrics_in_order,
    published_tests,
)
from lnmbench.text import plural
from lnmbench_report.cohort_text import independence_notes, synthetic_suffix
from lnmbench_report.comparisons.published import describe_published
from lnmbench_report.practical_equivalence import describe_ropes

FEW_PAIRS = 10
"""Pairs that the first table shows whatever the questions are; five methods have as many."""
MOST_PAIRS = 30
"""The largest number of pairs in the first table if there are more."""
MOST_UNDEFINED = 6
"""The largest number of methods that a note names; it counts the others."""
PAIR_COLUMNS = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="against", heading="against", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
)
OUTSIDE = "outside"
"""The mark of a pair outside of Holm's family."""
SIDES = ("worse", "equivalent", "better")


class Comparisons:
    """Differences with the corrected, Holm's and the published p; then the additional tests.

    Of more than a few pairs it shows those of the questions.
    """

    group: SectionGroup = "comparisons"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or no block if no pair was compared."""
        comparisons = comparisons_in_order(results)
        selected = _select_questions(results, comparisons)
        return [
            *_make_difference_table(
                results, selected, notes=_count_left_out(comparisons, selected)
            ),
            *_make_additional_table(results, selected),
        ]


class AllComparisons:
    """The same tables with every pair, if the first ones left some out."""

    group: SectionGroup = "appendix"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return two tables, or no block if the first tables show every pair."""
        comparisons = comparisons_in_order(results)
        if len(_select_questions(results, comparisons)) == len(comparisons):
            return []
        return [
            *_make_difference_table(results, comparisons, every_pair=True),
            *_make_additional_table(results, comparisons, every_pair=True),
        ]


def _select_questions(
    results: Results, comparisons: Sequence[PairComparison]
) -> list[PairComparison]:
    if len(_pairs(comparisons)) <= FEW_PAIRS:
        return list(comparisons)
    pairs = list(dict.fromkeys(question.fingerprints for question in all_questions(results)))
    selected = set(pairs[:MOST_PAIRS])
    return [comparison for comparison in comparisons if _pair(comparison) in selected]


def _pairs(comparisons: Sequence[PairComparison]) -> set[frozenset[str]]:
    return {_pair(comparison) for comparison in comparisons}


def _pair(comparison: PairComparison) -> frozenset[str]:
    return frozenset((comparison.method_a, comparison.method_b))


def _count_left_out(
    comparisons: Sequence[PairComparison], selected: Sequence[PairComparison]
) -> tuple[str, ...]:
    if len(selected) == len(comparisons):
        return ()
    total = plural(len(_pairs(comparisons)), "pair")
    return (
        f"{len(_pairs(selected))} of {total}: those of this report's questions. "
        f'The table "All differences between methods" shows all {total}.',
    )


def _make_difference_table(
    results: Results,
    comparisons: Sequence[PairComparison],
    *,
    every_pair: bool = False,
    notes: tuple[str, ...] = (),
) -> list[Block]:
    """Return a table of differences, corrected p, Holm's p and the p that earlier work published.

    A cell marks a published p that the corrected test does not confirm, and a pair that could not
    be compared. There is no table without comparisons.
    """
    table = _make_table(
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
    )
    return [table] if comparisons else []


def _make_additional_table(
    results: Results, comparisons: Sequence[PairComparison], *, every_pair: bool = False
) -> list[Block]:
    """Return a table of the tests that are neither primary nor published, if there are any.

    A Bayesian test gives three probabilities, worse, equivalent and better, in the metric's sense
    of better; the others give p.
    """
    comparisons = [comparison for comparison in comparisons if comparison.tests]
    examples = {
        name: next((c.tests[name] for c in comparisons if name in c.tests), None)
        for name in _additional_tests(results)
    }
    tests = {name: example for name, example in examples.items() if example is not None}
    scope = "All additional tests" if every_pair else "Additional tests"
    table = _make_table(
        results,
        comparisons,
        key="all_additional_tests" if every_pair else "additional_tests",
        title=f"{scope} (exploratory, not corrected)",
        columns=tuple(
            c for name, test in tests.items() for c in _test_columns(results, name, test)
        ),
        rows=[
            tuple(
                cell
                for name, test in tests.items()
                for cell in _test_cells(results, comparison, name, test)
            )
            for comparison in comparisons
        ],
        notes=tuple(_test_notes(results, tests)),
    )
    return [table] if tests else []


def _make_table(
    results: Results,
    comparisons: Sequence[PairComparison],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    rows: Sequence[tuple[Cell, ...]],
    notes: tuple[str, ...],
) -> Table:
    labels = method_labels(results)
    heads = [
        (labels[c.method_b], labels[c.method_a], metric_heading(results, c.metric))
        for c in comparisons
    ]
    return Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=(*PAIR_COLUMNS, *columns),
        rows=tuple(
            (*(Cell(text=text) for text in head), *row)
            for head, row in zip(heads, rows, strict=True)
        ),
        notes=notes,
        methods=tuple((c.method_b, c.method_a) for c in comparisons),
    )


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
    text = f"{format_difference(test.estimate)} ({format_interval(test.low, test.high)})"
    yield Cell(text=text, value=test.estimate, low=test.low, high=test.high)
    yield Cell(text=format_pvalue(test.pvalue), value=test.pvalue)
    yield _holm_cell(comparison)
    for name in published:
        cell = _pvalue_cell(comparison.tests.get(name))
        unconfirmed = name in comparison.tests and is_unconfirmed(results, comparison, name)
        yield replace(cell, text=f"{cell.text}, not confirmed") if unconfirmed else cell


def _holm_cell(comparison: PairComparison) -> Cell:
    if not comparison.in_family:
        return Cell(text=OUTSIDE)
    return Cell(text=format_pvalue(comparison.holm), value=comparison.holm)


def _additional_tests(results: Results) -> list[str]:
    others = {results.primary, *published_tests(results)}
    return [name for name in results.comparison_titles if name not in others]


def _test_columns(results: Results, name: str, test: TestResult) -> Iterator[TableColumn]:
    if _is_bayesian(test):
        for side in SIDES:
            yield TableColumn(key=f"{name}_{side}", heading=f"P, {side}")
    else:
        yield TableColumn(key=f"p_{name}", heading=f"p, {results.comparison_titles[name]}")


def _test_cells(
    results: Results, comparison: PairComparison, name: str, example: TestResult
) -> Iterator[Cell]:
    test = comparison.tests.get(name)
    if not _is_bayesian(example):
        yield _pvalue_cell(test)
    elif test is None:
        yield from (Cell(text=MISSING) for _ in SIDES)
    else:
        sides = (test.worse, test.equivalent, test.better)
        upward = results.metric_better.get(comparison.metric, True)
        for probability in sides if upward else reversed(sides):
            yield Cell(text=format_probability(probability), value=probability)


def _is_bayesian(test: TestResult) -> bool:
    return not math.isnan(test.equivalent)


def _pvalue_cell(test: TestResult | None) -> Cell:
    if test is None:
        return Cell(text=MISSING)
    return Cell(text=format_pvalue(test.pvalue), value=test.pvalue)


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


def _unchanged_notes(results: Results) -> Iterator[str]:
    """Yield a note on questions that could not show an effect, so that equivalence is no news."""
    unchanged = [q for q in aux_questions(results) if not can_show_effect(results, q)]
    if unchanged:
        labels = join_and([f"{q.method.label} against {q.reference.label}" for q in unchanged])
        yield (
            f"{labels}: the comparison could not have shown an effect, so P, equivalent says "
            "nothing about the labels of a task."
        )


def _test_notes(results: Results, tests: Mapping[str, TestResult]) -> Iterator[str]:
    for name, test in tests.items():
        if _is_bayesian(test):
            metrics = primary_metrics_in_order(results)
            yield (
                "P: posterior probability that the method is worse than, equivalent to or better "
                f"than its comparator, by the {results.comparison_titles[name]}. "
                f"{describe_ropes(results, metrics)}"
            )
            yield from _unchanged_notes(results)
    yield f"{MISSING}: the test is not defined for the metric."
    if not all(map(_is_bayesian, tests.values())):
        yield (
            "Tests with the case as the unit treat the trained models as fixed: variation from "
            "training on another cohort is not included."
        )
    yield from independence_notes(results, "tests with the case as the unit treat")
