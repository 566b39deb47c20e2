"""Table of the exploratory tests: those that are neither primary nor published."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from lnmbench.records import Block, Cell, PairComparison, Results, TableColumn, TestResult
from lnmbench.results import (
    MISSING,
    aux_questions,
    can_show_effect,
    format_probability,
    join_and,
    primary_metrics_in_order,
    published_tests,
)
from lnmbench_report.cohort_text import independence_notes
from lnmbench_report.comparisons.pair_table import make_pair_table, pvalue_cell
from lnmbench_report.practical_equivalence import describe_ropes

SIDES = ("worse", "equivalent", "better")


def make_additional_table(
    results: Results,
    comparisons: Sequence[PairComparison],
    *,
    every_pair: bool = False,
    exhaustive: bool = False,
) -> list[Block]:
    """Return a table of the tests that are neither primary nor published, if there are any.

    A Bayesian test gives three probabilities, worse, equivalent and better, in the metric's sense
    of better; the others give p.

    Parameters
    ----------
    results, comparisons, every_pair, exhaustive
        As in `make_difference_table`.
    """
    comparisons = [comparison for comparison in comparisons if comparison.tests]
    examples = {
        name: next((c.tests[name] for c in comparisons if name in c.tests), None)
        for name in _additional_tests(results)
    }
    tests = {name: example for name, example in examples.items() if example is not None}
    scope = "All additional tests" if every_pair else "Additional tests"
    table = make_pair_table(
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
        exhaustive=exhaustive,
    )
    return [table] if tests else []


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
        yield pvalue_cell(test)
    elif test is None:
        yield from (Cell(text=MISSING) for _ in SIDES)
    else:
        sides = (test.worse, test.equivalent, test.better)
        upward = results.metric_better.get(comparison.metric, True)
        for probability in sides if upward else reversed(sides):
            yield Cell(text=format_probability(probability), value=probability)


def _is_bayesian(test: TestResult) -> bool:
    return not math.isnan(test.equivalent)


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
