"""Parts that figures share: the methods drawn, curves, reference lines, titles and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Mark, MethodResult, Results
from lnmbench.results import complete_methods, drawn_methods
from lnmbench.text import plural
from lnmbench_report.cohort_text import synthetic_suffix

MOST_POINTS = 200
_GOLDEN_RATIO = (5.0**0.5 - 1.0) / 2.0


def methods_with_predictions(results: Results) -> list[MethodResult]:
    """Return the methods that figures draw on cases, none if the results lack the labels."""
    if not results.truth.size:
        return []
    return [result for result in drawn_methods(results) if result.predicted is not None]


def methods_with_calls(results: Results) -> list[MethodResult]:
    """Return the complete methods with calls, none if the results lack the labels."""
    if not results.truth.size:
        return []
    return [
        result
        for result in results.method_results
        if result.complete and result.method.scale == "call" and result.predicted is not None
    ]


def methods_with_probabilities(results: Results) -> list[MethodResult]:
    """Return those of the methods with predictions whose predictions are probabilities."""
    return [result for result in methods_with_predictions(results) if has_probabilities(result)]


def require_predictions(result: MethodResult) -> NDArray[np.float64]:
    """Return the out-of-fold predictions of a complete method, (repeats, n).

    Raises `ValueError` if the results lack them.
    """
    if result.predicted is None:
        raise ValueError(f"{result.method.label} has no predictions")
    return result.predicted


def has_probabilities(result: MethodResult) -> bool:
    """Return whether all predictions of a method are probabilities."""
    p = result.predicted
    if p is None or result.method.scale != "probability":
        return False
    return bool(p.min() >= 0.0 and p.max() <= 1.0)


def undrawn_notes(results: Results) -> Iterator[str]:
    """Yield a note on how many complete methods the figures draw, if not all."""
    complete, drawn = len(complete_methods(results)), len(drawn_methods(results))
    if complete > drawn:
        yield f"{drawn} of {complete} methods are drawn; the tables show all of them."


def score_notes(results: Results) -> Iterator[str]:
    """Yield a note on each method that is not drawn because its scores are no probabilities."""
    for result in methods_with_predictions(results):
        if not has_probabilities(result):
            yield f"{result.method.label} is not drawn: its scores are not probabilities."


def describe_predictions(results: Results) -> str:
    """Return a sentence on the predictions that a table or figure assesses."""
    if results.protocol.repeats == 1:
        return "Out-of-fold probabilities of every case."
    repeats = plural(results.protocol.repeats, "repeat")
    return (
        f"Out-of-fold probabilities of every case, assessed in each of the {repeats} and then "
        "averaged."
    )


def describe_bootstrap(results: Results, intervals: str = "Intervals are BCa bootstraps") -> str:
    """Return sentences on intervals of a bootstrap over patients."""
    repeats = ", each resample in every repeat" if results.protocol.repeats > 1 else ""
    return f"{intervals} over patients{repeats}. {describe_fixed()}"


def describe_fixed(fixed: str = "the trained models") -> str:
    """Return a sentence on intervals that take `fixed` as it is."""
    return (
        f"They treat {fixed} as fixed: variation from training on another cohort is not included."
    )


def figure_title(results: Results, title: str) -> str:
    """Return the title of a figure; of a synthetic cohort it gets a suffix."""
    return f"{title}{synthetic_suffix(results.card)}"


def reference_line(x: Sequence[float], y: Sequence[float], name: str = "") -> Mark:
    """Return a thin line for orientation.

    Parameters
    ----------
    x, y
        The points of the line.
    name
        Its name in the legend; without one it is not in the legend.
    """
    return Mark(kind="rule", x=np.array(x, dtype=np.float64), y=np.array(y, float), name=name)


def draw_estimate(
    estimate: float,
    low: float,
    high: float,
    row: float,
    *,
    methods: tuple[str, ...],
    color: str,
    name: str = "",
) -> Iterator[Mark]:
    """Yield a point with its interval along x, in a row of a panel.

    Parameters
    ----------
    estimate, low, high
        The point and the bounds of its interval.
    row
        The position of the row.
    methods
        The fingerprints of its methods.
    color
        A fingerprint or a word, as of `Mark`.
    name
        The name of the point in the legend; without one it is not in the legend.
    """
    x, y = np.array([estimate]), np.array([float(row)])
    bounds = np.array([low]), np.array([high])
    yield Mark(
        kind="interval",
        x=x,
        y=y,
        low=bounds[0],
        high=bounds[1],
        along="x",
        methods=methods,
        color=color,
    )
    yield Mark(kind="points", x=x, y=y, name=name, methods=methods, color=color)


def thin_curve(
    x: NDArray[np.float64], y: NDArray[np.float64], *, most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at most `most` points of a curve, evenly spaced along it.

    Parameters
    ----------
    x, y
        The points (m,). The distance between two is the sum of the distances along both axes.
    most
        The largest number of points to return.

    Returns
    -------
    tuple
        The points that remain, the first and the last of the curve among them.

    Examples
    --------
    >>> x, y = thin_curve(np.linspace(0, 1, 5001), np.zeros(5001), most=5)
    >>> x.tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if x.size <= most:
        return x, y
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    indices = np.searchsorted(length, np.linspace(0.0, length[-1], most))
    chosen = np.unique(np.append(indices.clip(0, x.size - 1), (0, x.size - 1)))
    return x[chosen], y[chosen]


def scatter(count: int) -> NDArray[np.float64]:
    """Return numbers within ± 1 that are far apart, the same in every call.

    Examples
    --------
    >>> scatter(4).round(2).tolist()
    [-1.0, 0.24, -0.53, 0.71]
    """
    multiples: NDArray[np.float64] = np.arange(count, dtype=np.float64) * _GOLDEN_RATIO
    return np.asarray(2.0 * (multiples % 1.0) - 1.0, dtype=np.float64)


def probability_limit(values: Sequence[float]) -> float:
    """Return the end of an axis of probabilities: the next tenth, at least .1 and at most 1.

    Examples
    --------
    >>> probability_limit([0.12, 0.31]), probability_limit([0.97])
    (0.4, 1.0)
    """
    highest = max(values, default=1.0)
    return float(min(1.0, max(0.1, np.ceil(highest * 10.0) / 10.0)))
