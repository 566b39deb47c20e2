from __future__ import annotations

import numpy as np
import pytest
from lnmbench_baselines.firth_classifier import (
    FirthClassifier,
    fit_intercept,
    independent_columns,
)


def table(a: int, b: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Return exposure and outcome of a 2 × 2 table: exposed a of a + b, others c of c + d."""
    exposure = np.repeat([1.0, 0.0], [a + b, c + d])[:, None]
    return exposure, np.repeat([1.0, 0.0, 1.0, 0.0], [a, b, c, d])


@pytest.mark.parametrize("cells", [(7, 3, 4, 16), (5, 0, 2, 30), (4, 1, 0, 25)])
def test_a_table_gets_half_a_case_in_each_cell(cells: tuple[int, int, int, int]) -> None:
    x, y = table(*cells)
    a, b, c, d = np.array(cells) + 0.5  # the penalized estimate of a saturated model is known
    model = FirthClassifier(flic=False).fit(x, y)
    np.testing.assert_allclose(model.coef_[0], np.log(a * d / (b * c)), atol=1e-3)
    np.testing.assert_allclose(
        model.predict_proba(np.array([[1.0], [0.0]]))[:, 1], [a / (a + b), c / (c + d)], atol=1e-4
    )
    corrected = FirthClassifier().fit(x, y)
    np.testing.assert_array_equal(corrected.coef_, model.coef_)
    np.testing.assert_allclose(corrected.predict_proba(x)[:, 1].mean(), y.mean(), atol=1e-9)
    assert model.predict_proba(x)[:, 1].mean() > y.mean(), "rare events: too high without FLIC"


def test_dependent_columns_do_not_change_predictions() -> None:
    rng = np.random.default_rng(0)
    lobe = rng.integers(0, 3, 80)
    age = rng.normal(size=80)
    y = (rng.random(80) < 0.2).astype(float)
    full = np.column_stack([age, np.zeros(80), *(lobe == k for k in range(3)), 2 * age]).astype(
        float
    )
    contrasts = np.column_stack([age, *(lobe == k for k in (1, 2))]).astype(float)
    assert len(independent_columns(full)) == 3
    np.testing.assert_allclose(
        FirthClassifier().fit(full, y).predict_proba(full),
        FirthClassifier().fit(contrasts, y).predict_proba(contrasts),
        atol=1e-4,
    )


def test_no_column_leaves_the_share_of_events() -> None:
    y = np.repeat([0.0, 1.0], [9, 1])
    p = FirthClassifier().fit(np.ones((10, 2)), y).predict_proba(np.ones((3, 2)))
    np.testing.assert_allclose(p, [[0.9, 0.1]] * 3)


def test_too_many_columns_leave_the_share_of_events() -> None:
    x = np.random.default_rng(0).normal(size=(20, 30))
    with pytest.warns(UserWarning, match="as many coefficients as training cases.*use logistic"):
        p = FirthClassifier().fit(x, np.arange(20) % 2.0).predict_proba(x)
    np.testing.assert_allclose(p, 0.5)


def test_the_intercept_solves_the_score_equation_for_extreme_offsets() -> None:
    offset = np.array([-80.0, 0.0, 90.0])
    p = 1 / (1 + np.exp(-(fit_intercept(offset, np.array([0.0, 0.0, 1.0])) + offset)))
    np.testing.assert_allclose(p.sum(), 1.0)
