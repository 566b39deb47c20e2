"""Selection of a candidate: the one with the lowest mean loss over the inner folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Trial


def best_trial(trials: Sequence[Trial]) -> Trial:
    """Return the trial with the lowest mean loss; of equal ones that of the lowest number.

    A candidate with a fit that diverged has an infinite loss and loses to all others.
    """
    return min(trials, key=lambda trial: (trial.loss, trial.candidate))


def mark_best(trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the trials by the candidates' numbers, with the chosen one marked."""
    best = best_trial(trials)
    ordered = sorted(trials, key=lambda trial: trial.candidate)
    return tuple(replace(trial, chosen=trial is best) for trial in ordered)
