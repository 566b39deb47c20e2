"""A forest plot of all comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lnmbench.records import Axis, Figure, Panel, Results, TestResult
from lnmbench_report.arms import names
from lnmbench_report.figures.contrasts import difference_in, estimate, judged, title_of
from lnmbench_report.figures.frame import entitled, rule
from lnmbench_report.printed import counted, interval, signed
from lnmbench_report.reading_order import primary_in_order

MOST_ROWS = 40
_LOWER = 0.2  # below the name of the row
_IN_WORDS = 6

Couple = tuple[str, str]
Tests = dict[tuple[str, str, str], TestResult]


def forest(results: Results) -> Iterator[Figure]:
    """Yield a row for each pair of methods, a panel for each primary metric."""
    tests = judged(results)
    every = list(dict.fromkeys((b, a) for _, b, a in tests))
    if not every:
        return
    rows = every[:MOST_ROWS]
    yield Figure(
        key="forest",
        title=entitled(results, "All differences between methods"),
        alt=_alt(results, rows, tests, len(every)),
        panels=tuple(_panel(results, metric, rows, tests) for metric in _metrics(results, tests)),
        notes=tuple(_notes(len(every) - len(rows))),
    )


def _metrics(results: Results, tests: Tests) -> list[str]:
    there = {metric for metric, _, _ in tests}
    return [metric for metric in primary_in_order(results) if metric in there]


def _panel(
    results: Results,
    metric: str,
    rows: Sequence[Couple],
    tests: Tests,
) -> Panel:
    labels = names(results)
    marks = [
        mark
        for row, (b, a) in enumerate(rows)
        if (metric, b, a) in tests
        for mark in estimate(tests[metric, b, a], row + _LOWER, (b, a))
    ]
    return Panel(
        title=title_of(results, metric),
        x=Axis(title=difference_in(results, metric)),
        y=Axis(title="", categories=tuple(f"{labels[b]} against {labels[a]}" for b, a in rows)),
        marks=(rule([0.0, 0.0], [-0.5, len(rows) - 0.5]), *marks),
    )


def _alt(
    results: Results,
    rows: Sequence[Couple],
    tests: Tests,
    every: int,
) -> str:
    labels, metric = names(results), _metrics(results, tests)[0]
    parts = [
        f"{labels[b]} against {labels[a]} {signed(test.estimate)} ({interval(test.low, test.high)})"
        for b, a in rows[:_IN_WORDS]
        if (test := tests.get((metric, b, a)))
    ]
    pairs = counted(every, "pair", "pairs")
    return (
        f"Differences of {pairs} with corrected 95 % intervals. "
        f"{title_of(results, metric)}: {'; '.join(parts)}."
    )


def _notes(more: int) -> Iterator[str]:
    yield (
        "Mean difference over the outer folds with its corrected 95 % interval, each for itself: "
        "Holm's correction, in the tables, is what guards against looking at many."
    )
    if more:
        yield f"{counted(more, 'more pair is', 'more pairs are')} in the tables."
