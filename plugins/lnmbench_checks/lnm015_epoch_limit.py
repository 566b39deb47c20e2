"""LNM015: fits that ended at the limit of epochs."""

from __future__ import annotations

from typing import Literal

from lnmbench.records import MethodResult, NetworkMethod, Results
from lnmbench_checks.messages import docs_address, join_messages

MOST = 0.5


class EpochLimit:
    """At most half of the fits of a network may still train in the last epoch that is allowed.

    Early stopping did not end these fits, so more epochs might improve them. Not applicable
    without results of a network with a constant learning rate: a schedule that falls to zero ends
    training as planned.
    """

    title = "early stopping ended most fits"
    severity: Literal["warning"] = "warning"
    remedy = "allow more epochs, e.g. --training max_epochs=100"
    docs = docs_address("LNM015")

    def __call__(self, results: Results) -> str | None:
        """Return the networks with their proportion of such fits."""
        proportions = [(r.method.label, _proportion(r)) for r in results.method_results]
        known = [(label, value) for label, value in proportions if value is not None]
        messages = [
            f"{label}: {100.0 * value:.0f} % of the fits" for label, value in known if value > MOST
        ]
        return join_messages(messages) if known else None


def _proportion(result: MethodResult) -> float | None:
    """Return the proportion of fits that trained in the last epoch, None without a network."""
    curve = result.curve
    if curve is None or not isinstance(result.method, NetworkMethod) or not len(curve.fits):
        return None
    if result.method.training.schedule != "constant":
        return None
    last = curve.fits[curve.epochs >= result.method.training.max_epochs]
    return float(last[0] / curve.fits[0]) if len(last) else 0.0
