"""Comparisons as tables: differences with p values, and second opinions of them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from lnmbench.records import Block, Cell, PairComparison, Results, Table, TableColumn, TestResult
from lnmbench_report.arms import names
from lnmbench_report.by_metric import metric_title
from lnmbench_report.findings import on_folds, published, unborne
from lnmbench_report.marks import synthetic_mark
from lnmbench_report.patients import taken_for_independent
from lnmbench_report.printed import (
    NOTHING,
    counted,
    decimal,
    interval,
    listed,
    probability,
    pvalue,
    signed,
)

HEAD = (
    TableColumn(key="method", heading="Method", align="left"),
    TableColumn(key="against", heading="against", align="left"),
    TableColumn(key="metric", heading="Metric", align="left"),
)
SIDES = ("worse", "equivalent", "better")
MOST = 6
"""Methods that a note names; it counts the others."""


def differences(
    results: Results,
    pairs: Sequence[PairComparison],
    *,
    every: bool = False,
    notes: tuple[str, ...] = (),
) -> list[Block]:
    """Return a table of differences, corrected p, Holm p and the p that earlier work published.

    A published p that the corrected test does not bear out says so in its cell, and so does a pair
    that could not be compared. `every` says in key and title that these are all pairs. Nothing
    without pairs.
    """
    table = _table(
        results,
        pairs,
        key="all_comparisons" if every else "comparisons",
        title="All differences between methods" if every else "Differences between methods",
        columns=tuple(_differing(results)),
        rows=[tuple(_difference(results, one)) for one in pairs],
        notes=(
            *_believed(results),
            *_directions(results, pairs),
            *_not_compared(results, pairs),
            *notes,
        ),
    )
    return [table] if pairs else []


def second_opinions(
    results: Results, pairs: Sequence[PairComparison], *, every: bool = False
) -> list[Block]:
    """Return a table of what the tests beside the primary one say; nothing where none says it.

    A Bayesian test gives three probabilities, worse, equivalent and better, in the metric's sense
    of better; the others give p.
    """
    pairs = [one for one in pairs if one.tests]
    found = {name: _first(pairs, name) for name in _beside(results)}
    tests = {name: first for name, first in found.items() if first is not None}
    table = _table(
        results,
        pairs,
        key="all_second_opinions" if every else "second_opinions",
        title="All second opinions" if every else "Second opinions of the differences",
        columns=tuple(c for name, one in tests.items() for c in _opining(results, name, one)),
        rows=[
            tuple(c for name, first in tests.items() for c in _opinion(results, one, name, first))
            for one in pairs
        ],
        notes=tuple(_explained(results, tests)),
    )
    return [table] if tests else []


def _table(
    results: Results,
    pairs: Sequence[PairComparison],
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    rows: Sequence[tuple[Cell, ...]],
    notes: tuple[str, ...],
) -> Table:
    labels = names(results)
    heads = [
        (labels[one.method_b], labels[one.method_a], metric_title(results, one.metric))
        for one in pairs
    ]
    return Table(
        key=key,
        title=f"{title}{synthetic_mark(results.card)}",
        columns=(*HEAD, *columns),
        rows=tuple(
            (*(Cell(text=text) for text in head), *row)
            for head, row in zip(heads, rows, strict=True)
        ),
        notes=notes,
        methods=tuple((one.method_b, one.method_a) for one in pairs),
    )


def _differing(results: Results) -> Iterator[TableColumn]:
    corrected = results.comparison_titles.get(results.primary, results.primary)
    yield TableColumn(key="difference", heading="Difference (95 % CI)")
    yield TableColumn(key=f"p_{results.primary}", heading=f"p, {corrected}")
    yield TableColumn(key="p_holm", heading="p, Holm")
    for name in published(results):
        title = results.comparison_titles[name]
        yield TableColumn(key=f"p_{name}", heading=f'p, {title}, "as published"')


def _difference(results: Results, one: PairComparison) -> Iterator[Cell]:
    if not one.tests:
        yield Cell(text="not compared")
        yield from (Cell(text=NOTHING) for _ in ("p", "Holm", *published(results)))
        return
    test = one.tests[results.primary]
    text = f"{signed(test.estimate)} ({interval(test.low, test.high)})"
    yield Cell(text=text, value=test.estimate, low=test.low, high=test.high)
    yield Cell(text=pvalue(test.pvalue), value=test.pvalue)
    yield Cell(text=pvalue(one.holm), value=one.holm)
    for name in published(results):
        cell = _p(one.tests.get(name))
        claims = name in one.tests and unborne(results, one, name)
        yield replace(cell, text=f"{cell.text}, not borne out") if claims else cell


def _beside(results: Results) -> list[str]:
    printed = {results.primary, *published(results)}
    return [name for name in results.comparison_titles if name not in printed]


def _first(pairs: Sequence[PairComparison], name: str) -> TestResult | None:
    return next((one.tests[name] for one in pairs if name in one.tests), None)


def _opining(results: Results, name: str, first: TestResult) -> Iterator[TableColumn]:
    if _bayesian(first):
        for side in SIDES:
            yield TableColumn(key=f"{name}_{side}", heading=f"P, {side}")
    else:
        yield TableColumn(key=f"p_{name}", heading=f"p, {results.comparison_titles[name]}")


def _opinion(results: Results, one: PairComparison, name: str, first: TestResult) -> Iterator[Cell]:
    test = one.tests.get(name)
    if not _bayesian(first):
        yield _p(test)
    elif test is None:
        yield from (Cell(text=NOTHING) for _ in SIDES)
    else:
        sides = (test.worse, test.equivalent, test.better)
        upward = results.metric_better.get(one.metric, True)
        for share in sides if upward else reversed(sides):
            yield Cell(text=probability(share), value=share)


def _bayesian(test: TestResult) -> bool:
    return not math.isnan(test.equivalent)


def _p(test: TestResult | None) -> Cell:
    if test is None:
        return Cell(text=NOTHING)
    return Cell(text=pvalue(test.pvalue), value=test.pvalue)


def _believed(results: Results) -> Iterator[str]:
    folds = counted(results.protocol.units, "fold", "folds")
    family = counted(len(results.compared), "test", "tests")
    for name in published(results):
        yield (
            f"Believe the corrected p: the {folds} share most of their training cases, but the "
            f"{results.comparison_titles[name]} takes them for independent and, at 10 × 10 folds, "
            '"finds" a difference (p < .05) between equally good methods in up to six of ten '
            "cohorts (docs/calibration.md of lnmbench)."
        )
    yield f"CI: that of the corrected test. Holm: over {family}, every pair × primary metric."


def _directions(results: Results, pairs: Sequence[PairComparison]) -> Iterator[str]:
    metrics = dict.fromkeys(one.metric for one in pairs)
    lower = [m for m in metrics if not results.metric_better.get(m, True)]
    if lower:
        titles = listed([results.metric_titles.get(metric, metric) for metric in lower])
        yield f"In {titles} a negative difference is a better score."


def _not_compared(results: Results, pairs: Sequence[PairComparison]) -> Iterator[str]:
    lacking = [one for one in pairs if not one.tests]
    methods = {key for one in lacking for key in (one.method_a, one.method_b)}
    undefined = [
        f"{results.metric_titles.get(metric, metric)} on {told}"
        for metric in dict.fromkeys(one.metric for one in lacking)
        for outcome in results.method_results
        if outcome.method.fingerprint in methods
        for told in [on_folds(outcome, metric)]
        if told
    ]
    if undefined:
        more = [f"{len(undefined) - MOST} more"] if len(undefined) > MOST else []
        yield (
            "Not compared: a pair of which a fold does not define the metric. Undefined is "
            f"{listed([*undefined[:MOST], *more])}. Holm counts such a pair as a test with p = 1."
        )


def _explained(results: Results, tests: Mapping[str, TestResult]) -> Iterator[str]:
    for name, first in tests.items():
        if _bayesian(first):
            yield (
                f"P: how probable the {results.comparison_titles[name]} holds it that the method "
                f"is worse than the one it is against, within ± {decimal(first.rope)} "
                "(practically equivalent), or better."
            )
    yield "None of these decides, and Holm does not cover them; – where a test is not for a metric."
    yield from taken_for_independent(results, "a test with the case as its unit takes")
