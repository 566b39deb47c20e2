"""Did every arm, and every fit, come to its end?"""

from __future__ import annotations

from typing import Literal

from lnmbench.records import MethodResult, NetworkMethod, Results
from lnmbench_checks.wording import few

SHARE = 0.5


class Unfinished:
    """An arm that lacks results of some outer folds, and is left out of tables and tests.

    Does not apply where no arm was planned.
    """

    title = "arms that are not complete"
    severity: Literal["warning"] = "warning"
    remedy = "give the same lnmbench run again: it goes on where it was stopped"

    def __call__(self, results: Results) -> str | None:
        """Return the arms with how far they are."""
        missing = [
            f"{o.method.label}: {o.units_done} of {o.units_all} outer folds"
            for o in results.method_results
            if not o.complete
        ]
        return few(missing) if results.method_results else None


class StoppedByLimit:
    """A network of whose fits more than half still trained in the last epoch that is allowed.

    Early stopping did not end them, so they might have become better. Does not apply without a
    network.
    """

    title = "fits that the limit of epochs ended"
    severity: Literal["warning"] = "warning"
    remedy = "allow more epochs, e.g. --training max_epochs=100"

    def __call__(self, results: Results) -> str | None:
        """Return the arms with the share of such fits."""
        shares = [(o, _share(o)) for o in results.method_results]
        judged = [(o.method.label, share) for o, share in shares if share is not None]
        found = [
            f"{label}: {share:.0%} of the fits".replace("%", " %")
            for label, share in judged
            if share > SHARE
        ]
        return few(found) if judged else None


def _share(outcome: MethodResult) -> float | None:
    """The share of the fits that the last epoch found training, None for other methods."""
    curve, method = outcome.curve, outcome.method
    if curve is None or not isinstance(method, NetworkMethod) or not len(curve.fits):
        return None
    last = curve.fits[curve.epochs >= method.training.max_epochs]
    return float(last[0] / curve.fits[0]) if len(last) else 0.0
