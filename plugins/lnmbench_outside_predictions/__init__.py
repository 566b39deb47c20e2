"""Predictions of readers, other software or a language model, from a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import FixedPredictions


@hookimpl
def register_baselines() -> Mapping[str, Callable[..., FixedPredictions]]:
    """Offer the predictions of a file."""
    from lnmbench_outside_predictions.predictions import Predictions

    return {"predictions": Predictions}
