"""A candidate of an inner search as a row of the ledger, and back."""

from __future__ import annotations

import json
import math

from lnmbench.records import Trial

Row = tuple[int, str, float | None, str, int]
"""Candidate, settings, mean loss, losses of the inner folds, whether chosen."""


def to_row(tried: Trial) -> Row:
    """Return the row; a loss that is not finite becomes null, in JSON too."""
    settings = json.dumps(dict(tried.settings), sort_keys=True)
    losses = json.dumps([_finite(loss) for loss in tried.losses])
    return (tried.candidate, settings, _finite(tried.loss), losses, int(tried.chosen))


def from_row(candidate: int, settings: str, losses: str, chosen: int) -> Trial:
    """Return the candidate whose row it is; its mean loss follows from the others."""
    return Trial(
        candidate=candidate,
        settings=json.loads(settings),
        losses=tuple(math.inf if loss is None else loss for loss in json.loads(losses)),
        chosen=bool(chosen),
    )


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None
