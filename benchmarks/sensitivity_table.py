"""Tables of network and pipeline: single cohorts, and means over simulated cohorts of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from mean_difference import format_mean_difference
from sensitivity_cohorts import COHORTS, DEVELOPMENT, KINDS
from sensitivity_experiment import SensitivityResult

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.results import format_decimal, format_difference, format_interval

_TEXT_COLUMNS = ("cohort", "settings", "task")
_NUMBER_COLUMNS = (
    *("cases", "positive", "protocol", "pipeline", "network"),
    *("difference (95 % CI)", "seconds"),
)
_NOTE = (
    "AUC, mean over the outer folds; network − pipeline with the interval of the corrected"
    " resampled t-test. Seconds: training of the network on one core. Development: "
    + ", ".join(DEVELOPMENT)
    + "; all others are held out."
)
_KIND_COLUMNS = (
    *("cases", "positive", "protocol", "N", "pipeline", "network"),
    *("network − pipeline", "network ≥ pipeline"),
)
_KIND_NOTE = (
    "Means over N simulated cohorts of a kind; AUC as for single cohorts. Network − pipeline: mean"
    " difference ± its standard error over the cohorts. Network ≥ pipeline: share of the cohorts."
    " The cohorts of a pool share images and clinical features."
)


def make_tables(results: Sequence[SensitivityResult]) -> list[Table]:
    """Return the table of the kinds and that of the single cohorts, each if it has rows."""
    kinds, cohorts = list(KINDS), list(COHORTS)
    simulated = sorted(
        (r for r in results if r.number), key=lambda r: (kinds.index(r.cohort), _settings(r))
    )
    single = sorted((r for r in results if not r.number), key=lambda r: cohorts.index(r.cohort))
    groups = groupby(simulated, key=lambda r: (r.cohort, _settings(r)))
    title = "Network and ten-line pipeline"
    tables = (
        Table(
            key="sensitivity_kinds",
            title=f"{title}: simulated cohorts",
            columns=_make_columns(_KIND_COLUMNS),
            rows=tuple(_make_kind_cells(list(group)) for _, group in groups),
            notes=(_KIND_NOTE,),
        ),
        Table(
            key="sensitivity",
            title=title,
            columns=_make_columns(_NUMBER_COLUMNS),
            rows=tuple(map(_make_cells, single)),
            notes=(_NOTE,),
        ),
    )
    return [table for table in tables if table.rows]


def _settings(result: SensitivityResult) -> tuple[object, ...]:
    return result.label, result.aux, result.repeats, result.folds, result.inner


def _make_columns(numbers: Sequence[str]) -> tuple[TableColumn, ...]:
    return (
        *(TableColumn(key=h, heading=h, align="left") for h in _TEXT_COLUMNS),
        *(TableColumn(key=h, heading=h) for h in numbers),
    )


def _make_kind_cells(group: Sequence[SensitivityResult]) -> tuple[Cell, ...]:
    first = group[0]
    pipeline, network = (np.array([getattr(r, n) for r in group]) for n in ("pipeline", "network"))
    differences = network - pipeline
    texts = (
        *(first.cohort, first.label, first.aux, str(first.cases)),
        f"{np.mean([result.positives for result in group]):.0f}",
        f"{first.repeats} × {first.folds} × {first.inner}",
        str(len(group)),
        *(format_decimal(float(values.mean())) for values in (pipeline, network)),
        format_mean_difference(differences),
        format_decimal(float((differences >= 0.0).mean()), digits=2),
    )
    return tuple(Cell(text=text) for text in texts)


def _make_cells(result: SensitivityResult) -> tuple[Cell, ...]:
    difference = result.network - result.pipeline
    interval = format_interval(result.low, result.high, estimate=difference)
    texts = (
        *(result.cohort, result.label, result.aux, str(result.cases), str(result.positives)),
        f"{result.repeats} × {result.folds} × {result.inner}",
        *(format_decimal(result.pipeline), format_decimal(result.network)),
        f"{format_difference(difference)} ({interval})",
        f"{result.seconds:.0f}",
    )
    return tuple(Cell(text=text) for text in texts)
