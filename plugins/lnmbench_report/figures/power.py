"""What the experiment could have seen: the power of the corrected test."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MarkKind, Panel, Results
from lnmbench.stats.resampled import minimum_detectable_difference, power
from lnmbench_report.arms import aux_questions
from lnmbench_report.figures.contrasts import (
    Contrast,
    against,
    contrasts,
    of_shown,
    title_of,
    without_spread,
)
from lnmbench_report.figures.frame import entitled, rule
from lnmbench_report.printed import decimal, listed, signed

ENOUGH = 0.8
MOST_CURVES = 6
_POINTS = 121


def detectable(results: Results) -> Iterator[Figure]:
    """Yield the power against the true difference for each aux question."""
    asked = of_shown(results, aux_questions(results))[:MOST_CURVES]
    every = list(contrasts(results, asked))
    spread = [(metric, [one for one in own if not one.constant]) for metric, own in every]
    found = [(metric, own) for metric, own in spread if own]
    if not found:
        return
    yield Figure(
        key="power",
        title=entitled(results, "What the experiment could have seen"),
        alt=f"Power against the true difference. {' '.join(_sentences(results, found))}",
        panels=tuple(_panel(results, metric, own) for metric, own in found),
        notes=(_note(), *_sentences(results, found), *without_spread(results, every)),
    )


def _panel(results: Results, metric: str, own: Sequence[Contrast]) -> Panel:
    ratio = results.protocol.test_train_ratio
    ends = [max(1.8 * _least(one, ratio), 1.1 * abs(one.test.estimate)) for one in own]
    grid = np.linspace(0.0, max(ends), _POINTS)
    marks = [mark for one in own for mark in _curve(one, grid, ratio)]
    enough = rule([0.0, float(grid[-1])], [ENOUGH, ENOUGH], "80 % power")
    return Panel(
        title=title_of(results, metric),
        x=Axis(
            title=f"True difference in {title_of(results, metric)}, either way",
            low=0.0,
            high=float(grid[-1]),
        ),
        y=Axis(title="Power of the corrected test", low=0.0, high=1.0),
        marks=(enough, *marks),
    )


def _curve(one: Contrast, grid: NDArray[np.float64], ratio: float) -> Iterator[Mark]:
    name, observed = against(one.question), np.array([abs(one.test.estimate)])
    kinds: tuple[tuple[MarkKind, NDArray[np.float64]], ...] = (("line", grid), ("points", observed))
    for kind, x in kinds:
        yield Mark(
            kind=kind,
            x=x,
            y=power(x, one.differences, test_train_ratio=ratio),
            name=name,
            methods=one.methods,
            color=one.color,
        )


def _least(one: Contrast, ratio: float) -> float:
    return minimum_detectable_difference(one.differences, test_train_ratio=ratio, power=ENOUGH)


def _sentences(results: Results, found: Sequence[tuple[str, Sequence[Contrast]]]) -> Iterator[str]:
    ratio = results.protocol.test_train_ratio
    by_question: dict[str, list[str]] = {}
    for metric, own in found:
        for one in own:
            parts = by_question.setdefault(against(one.question), [])
            parts.append(
                f"{decimal(_least(one, ratio))} in {title_of(results, metric)} "
                f"(observed {signed(one.test.estimate)})"
            )
    for name, parts in by_question.items():
        yield f"{name}: what is found with 80 % power is a difference of {listed(parts)}."


def _note() -> str:
    return (
        "The chance that the corrected test at 5 %, without Holm's correction, finds a true "
        "difference, given the spread over these folds. The dot is the observed difference "
        "whichever way it goes: its place tells what could be seen, not whether it is real."
    )
