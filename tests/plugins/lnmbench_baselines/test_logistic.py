from __future__ import annotations

import cvxpy as cp
import numpy as np
import pytest
from lnmbench_baselines.logistic import ELASTIC_STRENGTHS, L1_RATIOS, STRENGTHS, firth, logistic

from lnmbench import UserError
from lnmbench.clinical import feature_frame
from lnmbench.testing import sample_cohort


def test_every_strength_is_a_candidate_of_the_last_step() -> None:
    cohort = sample_cohort()
    frame, truth = feature_frame(cohort, np.arange(len(cohort))), np.arange(len(cohort)) % 2
    baseline = logistic(max_iter=500)
    assert [candidate["C"] for candidate in baseline.candidates()] == list(STRENGTHS)
    spread = []
    for candidate in baseline.candidates():
        model = baseline.estimator(cohort.features)
        model[-1].set_params(**candidate)
        spread.append(np.std(model.fit(frame, truth).predict_proba(frame)[:, 1]))
    assert spread == sorted(spread), "stronger regularization comes first"
    assert model[-1].max_iter == 500


@pytest.mark.parametrize("settings", [{"C": 0.1, "l1_ratio": 0.25}, {"C": 0.3, "l1_ratio": 1.0}])
def test_the_elastic_net_minimizes_its_objective(settings: dict[str, float]) -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(120, 6))
    y = (x[:, 0] - x[:, 1] + rng.normal(size=120) > 0.5).astype(float)
    baseline = logistic(penalty="elasticnet")
    assert settings in baseline.candidates()
    assert len(baseline.candidates()) == len(ELASTIC_STRENGTHS) * len(L1_RATIOS)
    model = baseline.estimator(())[-1].set_params(**settings).fit(x, y)
    w, b = cp.Variable(6), cp.Variable()
    loss = cp.sum(cp.logistic(cp.multiply(1 - 2 * y, x @ w + b)))
    ratio = settings["l1_ratio"]
    penalty = ratio * cp.norm1(w) + (1 - ratio) / 2 * cp.sum_squares(w)
    cp.Problem(cp.Minimize(settings["C"] * loss + penalty)).solve(solver=cp.CLARABEL)
    np.testing.assert_allclose(model.coef_[0], w.value, atol=5e-3)
    assert ((model.coef_[0] == 0) == (np.abs(w.value) < 1e-4)).all()


def test_no_iteration_is_refused() -> None:
    with pytest.raises(UserError, match="wrong value for max_iter.*expected 1 or more, got 0"):
        logistic(max_iter=0)


def test_firth_has_nothing_to_tune() -> None:
    assert firth().candidates() == [{}]
    assert firth().estimator(())[-1].flic
    assert not firth(intercept="firth").estimator(())[-1].flic
