"""How predicted probabilities are spread over cases with and without the outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Axis, Figure, Mark, MethodResult, Panel, Results
from lnmbench_report.figures.frame import (
    averaged,
    drawn_on_probabilities,
    entitled,
    left_out,
    no_probabilities,
    upper_end,
)
from lnmbench_report.printed import counted, decimal

BINS = 20
CLASSES = ((0.0, "negative"), (1.0, "positive"))


def distribution(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn method: shares of its positive and of its negative cases."""
    truth, outcomes = results.truth, drawn_on_probabilities(results)
    if not outcomes or truth is None:
        return
    edges = np.linspace(0.0, upper_end([float(o.probability.max()) for o in outcomes]), BINS + 1)
    shares = [
        {name: _shares(o.probability[truth == one], edges) for one, name in CLASSES}
        for o in outcomes
    ]
    top = 1.05 * max(float(values.max()) for own in shares for values in own.values())
    yield Figure(
        key="distribution",
        title=entitled(results, "Predicted probabilities by outcome"),
        alt=_alt(truth, outcomes),
        panels=tuple(_panel(o, own, edges, top) for o, own in zip(outcomes, shares, strict=True)),
        notes=(_note(results, edges[1]), *no_probabilities(results), *left_out(results)),
    )


def _panel(
    outcome: MethodResult,
    shares: Mapping[str, NDArray[np.float64]],
    edges: NDArray[np.float64],
    top: float,
) -> Panel:
    key = outcome.method.fingerprint
    middles = (edges[:-1] + edges[1:]) / 2.0
    return Panel(
        title=outcome.method.label,
        x=Axis(title="Predicted probability", low=0.0, high=float(edges[-1])),
        y=Axis(title="Share of the class", low=0.0, high=top),
        marks=tuple(
            Mark(kind="bars", x=middles, y=values, name=name, methods=(key,), color=name)
            for name, values in shares.items()
        ),
        methods=(key,),
    )


def _shares(p: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    counts: NDArray[np.int64] = np.histogram(p, edges)[0]
    return counts / max(1, p.size)


def _alt(truth: NDArray[np.float64], outcomes: Sequence[MethodResult]) -> str:
    parts = [
        f"{o.method.label}: "
        + ", ".join(
            f"{decimal(float(np.median(o.probability[truth == one])), digits=2)} in {name}"
            for one, name in CLASSES
        )
        for o in outcomes
    ]
    return f"Histograms of predicted probabilities. Medians: {'; '.join(parts)} cases."


def _note(results: Results, width: float) -> str:
    positives = results.positives
    return (
        f"{averaged(results)} Bars are {decimal(width)} wide and add up to 1 within each class: "
        f"{counted(positives, 'positive case', 'positive cases')}, {results.n - positives} "
        "negative."
    )
