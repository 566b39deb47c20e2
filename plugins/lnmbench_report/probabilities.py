"""Figures of the predicted probabilities: calibration, decision curves, distribution by class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import SectionGroup
from lnmbench.records import Axis, Block, Figure, Mark, MethodResult, Panel, Results
from lnmbench.results import format_decimal
from lnmbench.text import plural
from lnmbench_report.calibration import draw_calibration_curves
from lnmbench_report.figure_parts import (
    describe_predictions,
    figure_title,
    methods_with_probabilities,
    probability_limit,
    require_predictions,
    score_notes,
    undrawn_notes,
)
from lnmbench_report.net_benefit import draw_decision_curves

BINS = 20
CLASSES = ((0.0, "negative"), (1.0, "positive"))


class Probabilities:
    """Calibration curves, decision curves, and predicted probabilities by outcome."""

    group: SectionGroup = "predictions"
    by_outcome = True

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to three figures, or no block while no method is complete."""
        return [
            *draw_calibration_curves(results),
            *draw_decision_curves(results),
            *draw_distribution(results),
        ]


def draw_distribution(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn method: histograms of its positive and its negative cases."""
    truth, methods = results.truth, methods_with_probabilities(results)
    if not methods:
        return
    predicted = [require_predictions(result) for result in methods]
    end = probability_limit([float(p.max()) for p in predicted])
    edges = np.linspace(0.0, end, BINS + 1)
    histograms = [
        {name: _histogram(p[:, truth == label], edges) for label, name in CLASSES}
        for p in predicted
    ]
    highest = max(float(shares.max()) for histogram in histograms for shares in histogram.values())
    yield Figure(
        key="distribution",
        title=figure_title(results, "Predicted probabilities by outcome"),
        alt=_describe_medians(truth, methods),
        panels=tuple(
            _draw_panel(result, histogram, edges, 1.05 * highest)
            for result, histogram in zip(methods, histograms, strict=True)
        ),
        notes=(
            f"{describe_predictions(results)} Bars are {format_decimal(edges[1])} wide and add up "
            f"to 1 within each class: {plural(results.positives, 'positive case')}, "
            f"{results.n - results.positives} negative.",
            *score_notes(results),
            *undrawn_notes(results),
        ),
    )


def _draw_panel(
    result: MethodResult,
    histogram: Mapping[str, NDArray[np.float64]],
    edges: NDArray[np.float64],
    top: float,
) -> Panel:
    key = result.method.fingerprint
    centers = (edges[:-1] + edges[1:]) / 2.0
    return Panel(
        title=result.method.label,
        x=Axis(title="Predicted probability", low=0.0, high=float(edges[-1])),
        y=Axis(title="Share of the class", low=0.0, high=top),
        marks=tuple(
            Mark(kind="bars", x=centers, y=shares, name=name, methods=(key,), color=name)
            for name, shares in histogram.items()
        ),
        methods=(key,),
    )


def _histogram(
    probabilities: NDArray[np.float64], edges: NDArray[np.float64]
) -> NDArray[np.float64]:
    counts: NDArray[np.int64] = np.histogram(probabilities, edges)[0]
    return counts / max(1, probabilities.size)


def _describe_medians(truth: NDArray[np.float64], methods: Sequence[MethodResult]) -> str:
    parts = [
        f"{result.method.label}: "
        + ", ".join(
            f"{_format_median(require_predictions(result)[:, truth == label])} in {name}"
            for label, name in CLASSES
        )
        for result in methods
    ]
    return f"Histograms of predicted probabilities. Medians: {'; '.join(parts)} cases."


def _format_median(probabilities: NDArray[np.float64]) -> str:
    return format_decimal(float(np.median(probabilities, axis=1).mean()), digits=2)
