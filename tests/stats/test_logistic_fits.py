"""One Newton step against complete fits of weighted cases."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from lnmbench.stats.logistic_fits import fit_logistic, linearize

N = 400


def draw() -> tuple[np.ndarray, np.ndarray]:
    """Return labels (n,), and the design of two repeats (2, n, 2)."""
    random = np.random.default_rng(0)
    x = random.normal(size=N)
    y = (random.random(N) < expit(x - 0.5)).astype(float)
    repeats = x + 0.3 * random.normal(size=(2, N))
    return y, np.stack([np.ones_like(repeats), repeats], axis=-1)


def test_a_step_is_close_to_the_complete_fit_of_the_weighted_cases() -> None:
    y, design = draw()
    fits = linearize(y, design, np.stack([fit_logistic(y, rows).coefficients for rows in design]))
    weights = np.random.default_rng(1).multinomial(N, np.full(N, 1.0 / N), 20).astype(float)
    steps = fits.resample(weights)
    assert steps.shape == (20, 2, 2)
    for row, coefficients in zip(weights, steps, strict=True):
        for rows, step in zip(design, coefficients, strict=True):
            complete = LogisticRegression(C=np.inf, tol=1e-8, max_iter=500)
            complete.fit(rows[:, 1:], y, sample_weight=row)
            expected = (complete.intercept_[0], complete.coef_[0, 0])
            # the standard errors are .13
            assert step == pytest.approx(expected, abs=0.06)


def test_equal_weights_leave_the_coefficients() -> None:
    y, design = draw()
    fits = linearize(y, design, np.stack([fit_logistic(y, rows).coefficients for rows in design]))
    assert fits.resample(np.ones((1, N)))[0] == pytest.approx(fits.coefficients, abs=1e-7)


def test_an_offset_has_no_coefficient() -> None:
    y, design = draw()
    x, constant = design[:1, :, 1], design[:1, :, :1]
    start = linearize(y, constant, np.zeros((1, 1)), offset=x)
    a = np.zeros(1)
    for _ in range(8):
        a = linearize(y, constant, a[None], offset=x).resample(np.ones((1, N)))[0, 0]
    assert expit(x[0] + a).sum() == pytest.approx(y.sum())
    assert abs(start.resample(np.ones((1, N)))[0, 0, 0] - a[0]) < 0.05


def test_a_design_without_information_raises_no_error() -> None:
    y, design = draw()
    equal = np.ones_like(design)
    steps = linearize(y, equal, np.zeros((2, 2))).resample(np.ones((3, N)))
    assert steps.shape == (3, 2, 2)
