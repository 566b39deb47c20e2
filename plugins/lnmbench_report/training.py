"""Training: learning curves of the networks, and the losses of the hyperparameter search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.contracts import SectionGroup
from lnmbench.records import Axis, Block, Curve, Figure, Mark, MethodResult, Panel, Results
from lnmbench.results import drawn_methods, format_decimal, target_title
from lnmbench.text import plural
from lnmbench_report.figure_parts import figure_title, undrawn_notes
from lnmbench_report.search.losses import draw_search_losses

FEW = 0.1
"""The share of fits below which the curve ends: few fits that train longest are not typical."""
_MARGIN = 0.04

MethodCurve = tuple[MethodResult, Curve]


class LearningCurves:
    """Learning curves of the networks, and the losses of the settings that were tried."""

    group: SectionGroup = "training"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return up to two figures, or no block if no method is complete."""
        return [*draw_learning_curves(results), *draw_search_losses(results)]


def draw_learning_curves(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn network: median and quartiles of both losses by epoch."""
    method_curves = [
        (result, _cut_few(result.curve))
        for result in drawn_methods(results)
        if result.curve is not None
    ]
    if not method_curves:
        return
    curves = [curve for _, curve in method_curves]
    epochs = Axis(title="Epoch", low=0.0, high=float(max(c.epochs[-1] for c in curves)) + 1.0)
    losses = _loss_axis(results, curves)
    yield Figure(
        key="learning-curves",
        title=figure_title(results, "Learning curves"),
        alt=(
            "Median losses by epoch. Lowest median validation loss: "
            f"{_describe_lowest(method_curves)}."
        ),
        panels=tuple(
            Panel(
                title=result.method.label,
                x=epochs,
                y=losses,
                marks=tuple(_draw_curve(curve, result.method.fingerprint)),
                methods=(result.method.fingerprint,),
            )
            for result, curve in method_curves
        ),
        notes=(*_write_notes(method_curves), *undrawn_notes(results)),
    )


def _cut_few(curve: Curve) -> Curve:
    """Return the epochs in which not too few of the fits were still training."""
    many = curve.fits >= max(2.0, FEW * float(curve.fits.max()))
    if not many.any():
        return curve
    return Curve(
        epochs=curve.epochs[many],
        training=curve.training[many],
        validation=curve.validation[many],
        fits=curve.fits[many],
    )


def _loss_axis(results: Results, curves: Sequence[Curve]) -> Axis:
    """Return one axis for all panels, so that they can be compared."""
    losses = np.concatenate([part.ravel() for c in curves for part in (c.training, c.validation)])
    finite = losses[np.isfinite(losses)]
    title = f"Log loss of {target_title(results)}"
    if not finite.size:
        return Axis(title=title)
    low, high = float(finite.min()), float(finite.max())
    margin = _MARGIN * (high - low)
    return Axis(title=title, low=low - margin, high=high + margin)


def _draw_curve(curve: Curve, key: str) -> Iterator[Mark]:
    x = curve.epochs.astype(np.float64)
    series = (("training", curve.training), ("validation", curve.validation))
    for name, losses in series:
        low, middle, high = losses.T
        yield Mark(
            kind="band", x=x, y=middle, low=low, high=high, name=name, methods=(key,), color=name
        )
    for name, losses in series:
        yield Mark(kind="line", x=x, y=losses[:, 1], name=name, methods=(key,), color=name)


def _describe_lowest(method_curves: Sequence[MethodCurve]) -> str:
    parts = []
    for result, curve in method_curves:
        medians = np.where(np.isfinite(curve.validation[:, 1]), curve.validation[:, 1], np.inf)
        best = int(np.argmin(medians))
        loss, epoch = format_decimal(float(medians[best])), int(curve.epochs[best])
        parts.append(f"{result.method.label} {loss} in epoch {epoch}")
    return "; ".join(parts)


def _write_notes(method_curves: Sequence[MethodCurve]) -> Iterator[str]:
    yield (
        "Median and quartiles over the fits that were still training, as long as at least a tenth "
        "of them were. Late epochs show only the fits that had not stopped early."
    )
    for result, curve in method_curves:
        half = int(curve.epochs[curve.fits * 2 >= curve.fits.max()][-1])
        yield (
            f"{result.method.label}: {plural(int(curve.fits[0]), 'fit')}, half of them "
            f"still training in epoch {half}, {int(curve.fits[-1])} in epoch "
            f"{int(curve.epochs[-1])}."
        )
