"""Operating points that the inner folds chose."""

from __future__ import annotations

import numpy as np

from lnmbench.records import Results
from lnmbench.results import classify, list_aims
from lnmbench.testing.sample_results import sample_results


def test_metrics_that_share_thresholds_are_one_aim() -> None:
    results: Results = sample_results()
    aims = {aim.name: set(aim.metrics) for aim in list_aims(results)}
    assert aims == {"sens. .90": {"specificity", "ppv", "npv"}, "spec. .90": {"sensitivity"}}


def test_a_prediction_at_the_threshold_of_its_fold_is_a_positive_call() -> None:
    predicted, outer = np.array([[0.2, 0.4, 0.4]]), np.array([[0, 0, 1]], dtype=np.int16)
    called = classify(predicted, outer, np.array([[0.4, np.inf]]))
    assert called.tolist() == [[False, True, False]]
