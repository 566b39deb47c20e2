"""Which candidate an outer fold takes: the one with the lowest mean loss over its inner folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Trial


def leader(tried: Sequence[Trial]) -> Trial:
    """Return the candidate with the lowest mean loss; of equal ones that of the lowest number.

    A candidate with a fit that diverged has an infinite loss and loses to all others.
    """
    return min(tried, key=lambda one: (one.loss, one.candidate))


def with_choice(tried: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the candidates by their number, with the chosen one marked."""
    best = leader(tried)
    ordered = sorted(tried, key=lambda one: one.candidate)
    return tuple(replace(one, chosen=one is best) for one in ordered)
