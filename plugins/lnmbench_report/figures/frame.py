"""What the figures of a report share: which methods they draw, how long curves are, their words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Mark, MethodResult, Results
from lnmbench_report.arms import complete, shown
from lnmbench_report.marks import synthetic_mark
from lnmbench_report.printed import counted

MOST_POINTS = 200


def drawn(results: Results) -> list[MethodResult]:
    """Return the methods that figures draw, of a report that knows the truth."""
    if results.truth is None:
        return []
    return [outcome for outcome in shown(results) if outcome.predicted is not None]


def drawn_on_probabilities(results: Results) -> list[MethodResult]:
    """Return those of the drawn methods whose scores are probabilities."""
    return [outcome for outcome in drawn(results) if _are_probabilities(outcome)]


def left_out(results: Results) -> Iterator[str]:
    """Say how many complete methods the figures do not draw."""
    every, some = len(complete(results)), len(shown(results))
    if every > some:
        yield f"{some} of {every} methods are drawn; the tables have all of them."


def no_probabilities(results: Results) -> Iterator[str]:
    """Say which of the drawn methods have scores that are no probabilities."""
    for outcome in drawn(results):
        if not _are_probabilities(outcome):
            yield f"{outcome.method.label} is not drawn: its scores are no probabilities."


def _are_probabilities(outcome: MethodResult) -> bool:
    p = outcome.probability
    return bool(p.min() >= 0.0 and p.max() <= 1.0)


def averaged(results: Results) -> str:
    """Say what the scores of a figure are."""
    repeats = counted(results.protocol.repeats, "repeat", "repeats")
    if results.protocol.repeats == 1:
        return "Out-of-fold probabilities of every case."
    return f"Out-of-fold probabilities of every case, averaged over the {repeats}."


def entitled(results: Results, title: str) -> str:
    """Return a figure's title, which says what is synthetic."""
    return f"{title}{synthetic_mark(results.card)}"


def rule(x: Sequence[float], y: Sequence[float], name: str = "") -> Mark:
    """Return a thin line for orientation."""
    return Mark(kind="rule", x=np.array(x, dtype=np.float64), y=np.array(y, float), name=name)


def thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], *, most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return at most so many of the points (m,) of a curve, its first and its last among them.

    They lie as evenly along the curve as its own points allow: the way between two is measured
    along both axes.

    Examples
    --------
    >>> x, y = thinned(np.linspace(0, 1, 5001), np.zeros(5001), most=5)
    >>> x.tolist()
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    if x.size <= most:
        return x, y
    way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    places = np.searchsorted(way, np.linspace(0.0, way[-1], most))
    chosen = np.unique(np.append(places.clip(0, x.size - 1), (0, x.size - 1)))
    return x[chosen], y[chosen]


def upper_end(values: Sequence[float]) -> float:
    """Return the next tenth above all probabilities, at least .1 and at most 1.

    Examples
    --------
    >>> upper_end([0.12, 0.31]), upper_end([0.97])
    (0.4, 1.0)
    """
    highest = max(values, default=1.0)
    return float(min(1.0, max(0.1, np.ceil(highest * 10.0) / 10.0)))
