"""The differences between two methods on every outer fold, with the mean that the test judges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, Panel, Results
from lnmbench_report.arms import Question, questions
from lnmbench_report.figures.contrasts import (
    Contrast,
    against,
    contrasts,
    difference_in,
    estimate,
    of_shown,
    title_of,
)
from lnmbench_report.figures.frame import entitled, rule
from lnmbench_report.printed import counted, interval, signed

MOST_ROWS = 10
_GOLDEN = (5.0**0.5 - 1.0) / 2.0
_CLOUD, _SPREAD, _MEAN = 0.1, 0.14, 0.36


def paired_differences(results: Results) -> Iterator[Figure]:
    """Yield a row for each question, a panel for each primary metric."""
    every = questions(results)
    asked = of_shown(results, every)[:MOST_ROWS]
    found = list(contrasts(results, asked))
    if not found:
        return
    yield Figure(
        key="paired-differences",
        title=entitled(results, "Differences on the outer folds"),
        alt=_alt(results, found),
        panels=tuple(_panel(results, metric, asked, own) for metric, own in found),
        notes=tuple(_notes(results, len(every) - len(asked))),
    )


def _panel(
    results: Results, metric: str, asked: Sequence[Question], found: Sequence[Contrast]
) -> Panel:
    rows = {id(question): row for row, question in enumerate(asked)}
    marks = [mark for one in found for mark in _row(one, rows[id(one.question)])]
    return Panel(
        title=title_of(results, metric),
        x=Axis(title=difference_in(results, metric)),
        y=Axis(title="", categories=tuple(against(question) for question in asked)),
        marks=(rule([0.0, 0.0], [-0.5, len(asked) - 0.5]), *marks),
    )


def _row(one: Contrast, row: int) -> Iterator[Mark]:
    folds = one.differences.ravel()
    yield Mark(
        kind="points",
        x=folds,
        y=row + _CLOUD + _SPREAD * scattered(folds.size),
        methods=one.methods,
        color=one.color,
    )
    yield from estimate(one.test, row + _MEAN, one.methods)


def scattered(count: int) -> NDArray[np.float64]:
    """Return so many numbers within ± 1 that lie apart, the same at every call.

    Examples
    --------
    >>> scattered(4).round(2).tolist()
    [-1.0, 0.24, -0.53, 0.71]
    """
    places: NDArray[np.float64] = np.arange(count, dtype=np.float64) * _GOLDEN
    return np.asarray(2.0 * (places % 1.0) - 1.0, dtype=np.float64)


def _alt(results: Results, found: Sequence[tuple[str, list[Contrast]]]) -> str:
    parts = [
        f"{against(one.question)}: {title_of(results, metric)} {signed(one.test.estimate)} "
        f"({interval(one.test.low, one.test.high)})"
        for metric, own in found
        for one in own
    ]
    return f"Mean differences with corrected 95 % intervals. {'; '.join(parts)}."


def _notes(results: Results, more: int) -> Iterator[str]:
    yield (
        f"Each dot is one of {counted(results.protocol.units, 'outer fold', 'outer folds')}; its "
        "height within the row means nothing. Below the dots the mean with the corrected 95 % "
        "interval: the folds share training cases, so it is wider than the dots suggest."
    )
    if more:
        yield f"{counted(more, 'more pair is', 'more pairs are')} in the tables."
