"""Guideline rules and published scores: fixed cut-offs and coefficients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Baseline, FixedPredictions


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., Baseline | FixedPredictions]]:
    """Offer the size and uptake rule of guidelines, and scores of a coefficient file."""
    from lnmbench_scores.guideline import Guideline
    from lnmbench_scores.score import score

    return {"guideline": Guideline, "score": score}
