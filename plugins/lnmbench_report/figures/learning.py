"""How the losses of networks went while they were trained."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lnmbench.records import Axis, Curve, Figure, Mark, MethodResult, Panel, Results
from lnmbench_report.arms import shown
from lnmbench_report.figures.frame import entitled, left_out
from lnmbench_report.printed import counted, decimal

FEW = 0.1
"""The share of fits below which a median is of those that happened to train the longest."""
_ROOM = 0.04

Learned = tuple[MethodResult, Curve]


def learning_curves(results: Results) -> Iterator[Figure]:
    """Yield a panel for each shown network: median and quartiles of both losses by epoch."""
    found = [(o, _of_many(o.curve)) for o in shown(results) if o.curve is not None]
    if not found:
        return
    curves = [curve for _, curve in found]
    epochs = Axis(title="Epoch", low=0.0, high=float(max(c.epochs[-1] for c in curves)) + 1.0)
    losses = _losses(results, curves)
    yield Figure(
        key="learning-curves",
        title=entitled(results, "Learning curves"),
        alt=f"Median losses by epoch. Lowest median validation loss: {_lowest(found)}.",
        panels=tuple(_panel(one, epochs, losses) for one in found),
        notes=(*_notes(found), *left_out(results)),
    )


def _of_many(curve: Curve) -> Curve:
    """The epochs in which not too few of the fits were still training."""
    many = curve.fits >= max(2.0, FEW * float(curve.fits.max()))
    if not many.any():
        return curve
    return Curve(
        epochs=curve.epochs[many],
        training=curve.training[many],
        validation=curve.validation[many],
        fits=curve.fits[many],
    )


def _losses(results: Results, curves: Sequence[Curve]) -> Axis:
    """One axis for all panels, so that they can be compared."""
    every = np.concatenate([one.ravel() for c in curves for one in (c.training, c.validation)])
    finite = every[np.isfinite(every)]
    title = f"Log loss of {results.protocol.target}"
    if not finite.size:
        return Axis(title=title)
    low, high = float(finite.min()), float(finite.max())
    room = _ROOM * (high - low)
    return Axis(title=title, low=low - room, high=high + room)


def _panel(one: Learned, epochs: Axis, losses: Axis) -> Panel:
    outcome, curve = one
    key = outcome.method.fingerprint
    return Panel(
        title=outcome.method.label,
        x=epochs,
        y=losses,
        marks=tuple(_marks(curve, key)),
        methods=(key,),
    )


def _marks(curve: Curve, key: str) -> Iterator[Mark]:
    x = curve.epochs.astype(np.float64)
    both = (("training", curve.training), ("validation", curve.validation))
    for name, losses in both:
        low, middle, high = losses.T
        yield Mark(
            kind="band", x=x, y=middle, low=low, high=high, name=name, methods=(key,), color=name
        )
    for name, losses in both:
        yield Mark(kind="line", x=x, y=losses[:, 1], name=name, methods=(key,), color=name)


def _lowest(found: Sequence[Learned]) -> str:
    parts = []
    for outcome, curve in found:
        medians = np.where(np.isfinite(curve.validation[:, 1]), curve.validation[:, 1], np.inf)
        best = int(np.argmin(medians))
        loss, epoch = decimal(float(medians[best])), int(curve.epochs[best])
        parts.append(f"{outcome.method.label} {loss} in epoch {epoch}")
    return "; ".join(parts)


def _notes(found: Sequence[Learned]) -> Iterator[str]:
    yield (
        "Median and quartiles over the fits that were still training, while at least a tenth of "
        "them were: fits that stop early leave, and late epochs show those that learn slowly."
    )
    for outcome, curve in found:
        half = int(curve.epochs[curve.fits * 2 >= curve.fits.max()][-1])
        yield (
            f"{outcome.method.label}: {counted(int(curve.fits[0]), 'fit', 'fits')}, half of them "
            f"still training in epoch {half}, {int(curve.fits[-1])} in epoch "
            f"{int(curve.epochs[-1])}."
        )
