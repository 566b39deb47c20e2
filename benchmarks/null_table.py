"""The table of rejection rates, and whether they are what is wanted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from null_experiment import SCENARIOS, Found

from lnmbench.contracts import Comparison
from lnmbench.records import Cell, Paragraph, Table, TableColumn
from lnmbench.results import format_decimal, format_difference
from lnmbench.text import clean

ALPHA = 0.05
AT_MOST = 0.07  # of the primary test
BEYOND = 0.3  # of the test that earlier work printed
_WORDS = ("scenario", "metric")
_FIGURES = ("cases", "protocol", "N", "mean", "difference", "SD of d", "ρ")
_NOTE = (
    "Share of cohorts with p < .05, ± its Monte Carlo error √(r (1 − r) / N); of a Bayesian test,"
    " with P(better) or P(worse) > .95. Difference: mean over the cohorts ± its standard error."
    " SD of d and ρ: of the fold differences, and between the methods' fold scores."
)


def blocks(found: Sequence[Found], tests: Mapping[str, Comparison]) -> list[Paragraph | Table]:
    """Return the table, one row for each scenario, protocol and metric, and the verdict."""
    groups = [list(group) for _, group in groupby(sorted(found, key=_row), key=_row)]
    headings = (*_FIGURES, *(test.title for test in tests.values()))
    words = tuple(TableColumn(key=h, heading=h, align="left") for h in _WORDS)
    table = Table(
        key="calibration",
        title="Rejections at .05 of two equally good methods",
        columns=(*words, *(TableColumn(key=h, heading=h) for h in headings)),
        rows=tuple(_cells(group, tests) for group in groups),
        notes=(_NOTE, *(f"{name}: {one.title}" for name, one in SCENARIOS.items())),
    )
    lines = tuple(_verdicts(groups, tests))
    verdict = Paragraph(key="word", title="Whether they keep their word", lines=lines)
    return [table, verdict] if lines else [table]


def rate(group: Sequence[Found], test: str) -> tuple[float, float]:
    """Return the share of cohorts in which a test rejects, and its Monte Carlo error.

    NaN where the test is not for the metric.
    """
    values = np.array([one.tests[test] for one in group])
    there = values[~np.isnan(values)]
    if not there.size:
        return math.nan, math.nan
    share = float((there < ALPHA).mean())
    return share, math.sqrt(share * (1.0 - share) / there.size)


def _row(found: Found) -> tuple[object, ...]:
    one = found.experiment
    order = list(SCENARIOS).index(one.scenario)
    return order, one.cases, one.repeats, one.folds, one.inner, found.metric != "auc", found.metric


def _cells(group: Sequence[Found], tests: Mapping[str, Comparison]) -> tuple[Cell, ...]:
    one = group[0].experiment
    protocol = f"{one.repeats} × {one.folds} × {one.inner}"
    differences = np.array([found.b - found.a for found in group])
    difference = float(differences.mean())
    told = format_difference(difference)
    if len(group) > 1:
        told += f" ± {format_decimal(float(differences.std(ddof=1)) / math.sqrt(len(group)))}"
    means = [float(np.mean([(found.a + found.b) / 2 for found in group]))]
    means += [float(np.mean([getattr(found, name) for found in group])) for name in _SPREADS]
    mean, *spreads = (Cell(text=format_decimal(value), value=value) for value in means)
    return (
        Cell(text=one.scenario),
        Cell(text=clean(group[0].metric)),
        Cell(text=str(one.cases), value=one.cases),
        Cell(text=protocol),
        Cell(text=str(len(group)), value=len(group)),
        mean,
        Cell(text=told, value=difference),
        *spreads,
        *(_rate(*rate(group, test)) for test in tests),
    )


_SPREADS = ("sd", "correlation")


def _rate(share: float, error: float) -> Cell:
    if math.isnan(share):
        return Cell(text=format_decimal(share))
    half = 2.0 * error
    text = f"{format_decimal(share)} ± {format_decimal(error)}"
    return Cell(text=text, value=share, low=share - half, high=share + half)


def _verdicts(groups: Sequence[Sequence[Found]], tests: Mapping[str, Comparison]) -> Iterator[str]:
    for name, test in tests.items():
        rates = [share for share, _ in (rate(group, name) for group in groups) if share >= 0.0]
        if not rates:
            continue
        if test.role == "primary":
            reached = "reached" if max(rates) <= AT_MOST else "not reached"
            limit = format_decimal(AT_MOST, digits=2)
            yield (
                f"{test.title}: {format_decimal(max(rates))} at most "
                f"(wanted: {limit} at most: {reached})"
            )
        if test.role == "as published":
            beyond = sum(share > BEYOND for share in rates)
            told = f"from {format_decimal(min(rates))} to {format_decimal(max(rates))}"
            yield f"{test.title}: {told}, beyond .3 in {beyond} of {len(rates)} rows"
