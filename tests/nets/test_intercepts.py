"""Intercepts fitted at the end of training, against statsmodels."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from scipy.special import expit

from lnmbench.nets.intercepts import fit_intercept_shifts


def test_a_shift_is_the_intercept_of_a_logistic_model_with_an_offset() -> None:
    generator = np.random.default_rng(3)
    logits = generator.normal(size=(4, 60)) * [[0.1], [1], [3], [6]] + [[0], [2], [-1], [4]]
    labels = (generator.random((4, 60)) < [[0.1], [0.5], [0.3], [0.8]]).astype(float)
    counted = generator.random((4, 60)) < 0.8
    shifts = fit_intercept_shifts(*map(torch.as_tensor, (logits, labels, counted)))
    for k in range(4):
        y, offset = labels[k, counted[k]], logits[k, counted[k]]
        ones = np.ones((len(y), 1))
        fit = sm.GLM(y, ones, family=sm.families.Binomial(), offset=offset).fit(tol=1e-12)
        assert float(shifts[k]) == pytest.approx(float(fit.params[0]), abs=1e-6)


@pytest.mark.parametrize(("label", "expected"), [(0.0, 0.5 / 20), (1.0, 19.5 / 20)])
def test_equal_labels_leave_half_a_case_to_the_other_class(label: float, expected: float) -> None:
    logits = torch.linspace(-2, 5, 20)[None]
    labels, counted = torch.full((1, 20), label), torch.ones(1, 20, dtype=torch.bool)
    shift = fit_intercept_shifts(logits, labels, counted)
    assert expit(logits[0].numpy() + shift.item()).mean() == pytest.approx(expected, abs=1e-6)


def test_fits_without_an_estimate_keep_their_intercept() -> None:
    logits = torch.tensor([[1.0, 2.0], [torch.nan, 0.0], [torch.inf, 0.0]])
    counted = torch.tensor([[False, False], [True, True], [True, True]])
    labels = torch.tensor([[0.0, 1.0]]).expand(3, 2)
    assert fit_intercept_shifts(logits, labels, counted).tolist() == [0.0, 0.0, 0.0]
