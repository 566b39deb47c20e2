"""Agreement between methods with ratings, and between methods with probabilities."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lnmbench.records import (
    BaselineMethod,
    Block,
    Cell,
    MethodResult,
    PredictionScale,
    Results,
    Table,
    TableColumn,
)
from lnmbench.results import MISSING, format_decimal, format_interval, join_and, method_labels
from lnmbench.stats.rating_agreement import (
    mean_absolute_difference,
    quadratic_kappa,
    rank_correlation,
)
from lnmbench.stats.resampled import Interval
from lnmbench_report.cohort_text import synthetic_suffix
from lnmbench_report.figure_parts import require_predictions
from lnmbench_report.untrained_methods.covered_cases import covered_cases, untrained_methods

CASES = TableColumn(key="cases", heading="Cases")
RANKS = TableColumn(key="correlation", heading="Rank correlation (95 % CI)")
RATING_COLUMNS = (
    TableColumn(key="readers", heading="Methods with ratings", align="left"),
    CASES,
    TableColumn(key="kappa", heading="Weighted kappa (95 % CI)"),
    RANKS,
)
PROBABILITY_COLUMNS = (
    TableColumn(key="readers", heading="Methods with probabilities", align="left"),
    CASES,
    RANKS,
    TableColumn(key="difference", heading="Mean difference (95 % CI)"),
)
_RATING_NOTES = (
    "Weighted kappa: agreement beyond chance, where a disagreement counts as the square of the "
    "difference of the ratings as they were written; it supposes that both methods use one scale. "
    f"{MISSING}: the written ratings are unknown, or all are equal. Rank correlation: Spearman's, "
    "which needs no common scale. Intervals are bootstraps over patients, on the cases that both "
    "have.",
)
_PROBABILITY_NOTES = (
    "Rank correlation: Spearman's. Mean difference: mean of the absolute difference of the two "
    "probabilities of a case. There is no threshold. Intervals are bootstraps over patients, on "
    "the cases that both have.",
)

_Measure = Callable[..., tuple[float, Interval]]


def compare_ratings(results: Results) -> Iterator[Block]:
    """Yield the agreement of each pair of methods with ratings, and with probabilities."""
    yield from _compare_scale(
        results,
        "rating",
        key="untrained_rating_agreement",
        title="Agreement of ratings",
        columns=RATING_COLUMNS,
        notes=_RATING_NOTES,
    )
    yield from _compare_scale(
        results,
        "probability",
        key="untrained_probability_agreement",
        title="Agreement of probabilities",
        columns=PROBABILITY_COLUMNS,
        notes=_PROBABILITY_NOTES,
    )


def _compare_scale(
    results: Results,
    scale: PredictionScale,
    *,
    key: str,
    title: str,
    columns: tuple[TableColumn, ...],
    notes: tuple[str, ...],
) -> Iterator[Table]:
    methods = [r for r in untrained_methods(results) if r.method.scale == scale]
    pairs = [pair for pair in combinations(methods, 2) if _common(pair).any()]
    if not pairs:
        return
    yield Table(
        key=key,
        title=f"{title}{synthetic_suffix(results.card)}",
        columns=columns,
        rows=tuple(tuple(_make_cells(results, pair, scale)) for pair in pairs),
        notes=notes,
        methods=tuple(tuple(r.method.fingerprint for r in pair) for pair in pairs),
    )


def _make_cells(
    results: Results, pair: Sequence[MethodResult], scale: PredictionScale
) -> Iterator[Cell]:
    labels, common = method_labels(results), _common(pair)
    patients = results.patients[common] if results.patients.size else None

    def measure(function: _Measure, values: Sequence[NDArray[np.float64]]) -> Cell:
        return _make_cell(*_average(function, values[0], values[1], patients))

    stored = [require_predictions(result)[:, common] for result in pair]
    ranks = measure(rank_correlation, stored)
    yield Cell(text=join_and([labels[result.method.fingerprint] for result in pair]))
    yield Cell(text=str(int(common.sum())), value=float(common.sum()))
    if scale == "probability":
        yield ranks
        yield measure(mean_absolute_difference, stored)
        return
    written = [
        _restore_ratings(result, values) for result, values in zip(pair, stored, strict=True)
    ]
    known = [values for values in written if values is not None]
    yield measure(quadratic_kappa, known) if len(known) == len(pair) else Cell(text=MISSING)
    yield ranks


def _common(pair: Sequence[MethodResult]) -> NDArray[np.bool_]:
    return np.asarray(np.all([covered_cases(result) for result in pair], axis=0))


def _restore_ratings(
    result: MethodResult, values: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return ratings as they were written, from values of 0 to 1; None if they are unknown."""
    method = result.method
    if not isinstance(method, BaselineMethod) or method.rating_range is None:
        return None
    low, high = method.rating_range
    return low + values * (high - low)


def _average(
    function: _Measure,
    a: NDArray[np.float64],
    b: NDArray[np.float64],
    patients: ArrayLike | None,
) -> tuple[float, Interval]:
    """Return a measure of predictions (repeats, n), which mostly are equal in all repeats."""
    if (a == a[0]).all() and (b == b[0]).all():
        return function(a[0], b[0], patients=patients)
    measured = [function(*rows, patients=patients) for rows in zip(a, b, strict=True)]
    bounds = [(interval.low, interval.high) for _, interval in measured]
    low, high = np.mean(bounds, axis=0).tolist()
    return float(np.mean([value for value, _ in measured])), Interval(low=low, high=high)


def _make_cell(value: float, interval: Interval) -> Cell:
    if np.isnan(value):
        return Cell(text=MISSING)
    if np.isnan(interval.low):
        return Cell(text=format_decimal(value), value=value)
    text = f"{format_decimal(value)} ({format_interval(interval.low, interval.high)})"
    return Cell(text=text, value=value, low=interval.low, high=interval.high)
