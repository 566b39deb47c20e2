"""Predictions of cases that no method of a run makes: those of readers, software or a score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PredictionScale = Literal["probability", "rating", "call"]
"""Meaning of the predictions of a method.

A `rating` orders the cases, but is no probability, e.g. the confidence of a reader; a `call` is 0
or 1. Neither can be calibrated, and a call is one point of a ROC curve.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CasePredictions:
    """Predictions of the target for the n cases of a cohort.

    Attributes
    ----------
    values
        (n,), or (repeats, n) if each repeat has its own; from 0 to 1, NaN without a prediction.
    scale
        The meaning of the values.
    folds
        The outer fold, from 0, of whose training cases a model made the prediction, (repeats, n)
        int64 with -1 if unknown; None for predictions that do not depend on the folds.
    partial
        Whether cases may lack a prediction. The method is then compared on the others alone.
    notes
        Notices for the user.
    label
        The name of the method in reports; by default its choice as the user wrote it.
    rating_range
        The lowest and the highest rating as they were written, which are the values 0 and 1; None
        if unknown, and for another scale.
    missing
        The cause of missing predictions, if it is known, for the message of the refusal.
    """

    values: NDArray[np.float64]
    scale: PredictionScale = "probability"
    folds: NDArray[np.int64] | None = None
    partial: bool = False
    notes: tuple[str, ...] = ()
    label: str = ""
    rating_range: tuple[float, float] | None = None
    missing: str = ""
