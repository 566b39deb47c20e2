from __future__ import annotations

import numpy as np
import pytest
from lnmbench_baselines.logistic import STRENGTHS, Logistic

from lnmbench import UserError
from lnmbench.clinical import feature_frame
from lnmbench.testing import sample_cohort


def test_every_strength_is_a_candidate_of_the_last_step() -> None:
    cohort = sample_cohort()
    frame, truth = feature_frame(cohort, np.arange(len(cohort))), np.arange(len(cohort)) % 2
    logistic = Logistic(max_iter=500)
    assert [candidate["C"] for candidate in logistic.candidates()] == list(STRENGTHS)
    spread = []
    for candidate in logistic.candidates():
        model = logistic.estimator(cohort.features)
        model[-1].set_params(**candidate)
        spread.append(np.std(model.fit(frame, truth).predict_proba(frame)[:, 1]))
    assert spread == sorted(spread), "stronger regularization comes first"
    assert model[-1].max_iter == 500


def test_no_iteration_is_refused() -> None:
    with pytest.raises(UserError, match="wrong value for max_iter.*expected 1 or more, got 0"):
        Logistic(max_iter=0)
