"""Rows of table `search`: one trial of the hyperparameter search each."""

from __future__ import annotations

import json
import math

from lnmbench.records import Trial


def trial_row(trial: Trial) -> tuple[int, str, float | None, str, int]:
    """Return candidate, settings, mean loss, losses and whether chosen; null for infinity."""
    settings = json.dumps(dict(trial.settings), sort_keys=True)
    losses = json.dumps([_finite(loss) for loss in trial.losses])
    return (trial.candidate, settings, _finite(trial.loss), losses, int(trial.chosen))


def read_trial(candidate: int, settings: str, losses: str, chosen: int) -> Trial:
    """Return the trial of a row; its mean loss follows from the others.

    Parameters
    ----------
    candidate
        The number of the candidate.
    settings, losses
        JSON of its settings and of its losses on the inner folds, null for infinity.
    chosen
        Whether it was chosen, 0 or 1.
    """
    return Trial(
        candidate=candidate,
        settings=json.loads(settings),
        losses=tuple(math.inf if loss is None else loss for loss in json.loads(losses)),
        chosen=bool(chosen),
    )


def _finite(loss: float) -> float | None:
    return loss if math.isfinite(loss) else None
