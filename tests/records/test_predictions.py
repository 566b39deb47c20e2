"""Predictions that a run does not train."""

from __future__ import annotations

import numpy as np

from lnmbench.records import CasePredictions


def test_predictions_are_probabilities_of_every_repeat_unless_said() -> None:
    predictions = CasePredictions(values=np.array([0.1, 0.9]))
    assert (predictions.scale, predictions.partial, predictions.folds) == (
        "probability",
        False,
        None,
    )
