"""Table of rejection rates: the type I error of the statistical tests."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import numpy as np
from mean_difference import format_mean_difference
from null_experiment import SCENARIOS, Experiment, ExperimentResult

from lnmbench.contracts import Comparison
from lnmbench.records import Cell, Paragraph, Table, TableColumn
from lnmbench.results import ALPHA, format_decimal
from lnmbench.text import clean

MOST = 0.07
"""The largest acceptable rate of the primary test."""
PUBLISHED = 0.3
"""A rate that the published test is expected to exceed."""
_TEXT_COLUMNS = ("scenario", "metric")
_NUMBER_COLUMNS = ("cases", "protocol", "N", "mean", "difference", "SD of d", "ρ")
_NOTE = (
    "Share of cohorts with p < .05, ± its Monte Carlo error √(r (1 − r) / N); of a Bayesian test,"
    " with P(better) or P(worse) > .95. Difference: mean over the cohorts ± its standard error."
    " SD of d and ρ: of the fold differences, and between the methods' fold scores."
)


def make_blocks(
    results: Sequence[ExperimentResult], tests: Mapping[str, Comparison]
) -> list[Paragraph | Table]:
    """Return the table, one row for each scenario, protocol and metric, and its summary."""
    groups = [list(group) for _, group in groupby(sorted(results, key=_sort_key), key=_sort_key)]
    headings = (*_NUMBER_COLUMNS, *(test.title for test in tests.values()))
    text_columns = tuple(TableColumn(key=h, heading=h, align="left") for h in _TEXT_COLUMNS)
    table = Table(
        key="calibration",
        title="Rejections at .05 of two equally good methods",
        columns=(*text_columns, *(TableColumn(key=h, heading=h) for h in headings)),
        rows=tuple(_make_cells(group, tests) for group in groups),
        notes=(_NOTE, *(f"{name}: {scenario.title}" for name, scenario in SCENARIOS.items())),
    )
    lines = tuple(_describe_rates(groups, tests))
    summary = Paragraph(key="type_1_error", title="Type I error", lines=lines)
    return [table, summary] if lines else [table]


def rejection_rate(group: Sequence[ExperimentResult], test: str) -> tuple[float, float]:
    """Return the share of cohorts in which a test rejects, and its Monte Carlo error.

    Both are NaN if the test is not defined for the metric.
    """
    pvalues = np.array([result.tests[test] for result in group])
    defined = pvalues[~np.isnan(pvalues)]
    if not defined.size:
        return math.nan, math.nan
    share = float((defined < ALPHA).mean())
    return share, math.sqrt(share * (1.0 - share) / defined.size)


def _sort_key(result: ExperimentResult) -> tuple[object, ...]:
    experiment = result.experiment
    sizes = (experiment.cases, experiment.repeats, experiment.folds, experiment.inner)
    scenario = list(SCENARIOS).index(experiment.scenario)
    return scenario, *sizes, result.metric != "auc", result.metric


def _make_cells(
    group: Sequence[ExperimentResult], tests: Mapping[str, Comparison]
) -> tuple[Cell, ...]:
    experiment = group[0].experiment
    differences = np.array([result.b - result.a for result in group])
    difference = float(differences.mean())
    difference_text = format_mean_difference(differences)
    means = [float(np.mean([(result.a + result.b) / 2 for result in group]))]
    means += [float(np.mean([getattr(result, name) for result in group])) for name in _SPREADS]
    mean, *spreads = (Cell(text=format_decimal(value), value=value) for value in means)
    return (
        Cell(text=experiment.scenario),
        Cell(text=clean(group[0].metric)),
        Cell(text=str(experiment.cases), value=experiment.cases),
        Cell(text=_format_protocol(experiment)),
        Cell(text=str(len(group)), value=len(group)),
        mean,
        Cell(text=difference_text, value=difference),
        *spreads,
        *(_rate_cell(*rejection_rate(group, test)) for test in tests),
    )


_SPREADS = ("sd", "correlation")


def _format_protocol(experiment: Experiment) -> str:
    return f"{experiment.repeats} × {experiment.folds} × {experiment.inner}"


def _rate_cell(share: float, error: float) -> Cell:
    if math.isnan(share):
        return Cell(text=format_decimal(share))
    half = 2.0 * error
    text = f"{format_decimal(share)} ± {format_decimal(error)}"
    return Cell(text=text, value=share, low=share - half, high=share + half)


def _describe_rates(
    groups: Sequence[Sequence[ExperimentResult]], tests: Mapping[str, Comparison]
) -> Iterator[str]:
    for name, test in tests.items():
        rates = [
            share for share, _ in (rejection_rate(group, name) for group in groups) if share >= 0.0
        ]
        if not rates:
            continue
        if test.role == "primary":
            reached = "reached" if max(rates) <= MOST else "not reached"
            limit = format_decimal(MOST, digits=2)
            yield (
                f"{test.title}: {format_decimal(max(rates))} at most "
                f"(target: {limit} at most: {reached})"
            )
        if test.role == "as published":
            above = sum(share > PUBLISHED for share in rates)
            span = f"from {format_decimal(min(rates))} to {format_decimal(max(rates))}"
            yield f"{test.title}: {span}, above .3 in {above} of {len(rates)} rows"
