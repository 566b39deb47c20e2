"""Intercepts fitted at the end of training, against statsmodels and the prevalence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import statsmodels.api as sm
import torch
from scipy.special import expit

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.intercepts import fit_intercept_shifts, fit_intercepts
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.parallel import train
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.dropout import StepDropout
from lnmbench.nets.stacked.parameters import ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


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


def without_loss_weights(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


def test_intercepts_make_probabilities_right_on_average_in_training_cases(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    inputs, fits = make_inputs(), make_fits(range(6))
    target = inputs.target.clone()
    target[fits.training.all(0).nonzero()[:3]] = torch.nan  # some cases train the tasks alone
    inputs = replace(inputs, target=target)
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    layout = ParameterLayout(objective.model.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.model.initialize(values)
    values["target.weight"].normal_(generator=torch.Generator().manual_seed(0))
    state = StackState(fits=tuple(range(6)), values=values)
    fit_intercepts(objective, state)
    (batch,) = objective.model.make_batches([objective.training_cases])
    risk, *_ = objective.model.logits(
        state, batch, objective.model.embed(state, batch), StepDropout()
    )
    for k in range(6):
        count = batch.case_counts[k]
        truth, risks = target[batch.cases[k, :count]], risk[k, :count, 0].detach().sigmoid()
        known = ~truth.isnan()
        assert float(risks[known].mean()) == pytest.approx(float(truth[known].mean()), abs=1e-6)


@pytest.mark.parametrize("ordered", [False, True])
def test_each_outcome_has_an_intercept_fitted_to_the_cases_in_which_it_is_known(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    ordered: bool,
) -> None:
    inputs, fits = make_inputs(), without_loss_weights(make_fits(range(4)))
    higher = inputs.target * (torch.arange(len(inputs.target)) % 3 > 0)
    target = torch.stack([inputs.target, higher], dim=1)  # (n, 2)
    target[::4, 1] = torch.nan
    inputs = replace(inputs, target=target, ordered=ordered)
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    layout = ParameterLayout(objective.model.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    objective.model.initialize(values)
    values["target.weight"].normal_(generator=torch.Generator().manual_seed(0))
    state = StackState(fits=tuple(range(4)), values=values)
    fit_intercepts(objective, state)
    (batch,) = objective.model.make_batches([objective.training_cases])
    risk = objective.model.target_logits(state, batch).detach()
    assert risk.shape[2] == 2
    for fit, outcome in np.ndindex(4, 2):
        count = batch.case_counts[fit]
        truth = target[batch.cases[fit, :count], outcome]
        mean = risk[fit, :count, outcome].sigmoid()[~truth.isnan()].mean()
        assert float(mean) == pytest.approx(float(truth.nanmean()), abs=1e-5)
    probabilities = train(inputs, fits, settings, sum_losses()).probabilities["n2"]
    predicted = probabilities[fits.predicted.numpy()]
    assert ((predicted >= 0) & (predicted <= 1)).all()
    if ordered:
        assert (predicted[:, 0] >= predicted[:, 1]).all()
        differences = np.diff(np.log(predicted / (1 - predicted)), axis=1)[:, 0]
        by_fit = np.split(differences, np.cumsum(fits.predicted.sum(1).numpy())[:-1])
        assert max(np.ptp(values) for values in by_fit) < 0.02  # float32
