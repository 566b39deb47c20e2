"""Losses of a stack: auxiliary tasks, weights of losses, and predictions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lnmbench.nets.parallel import train

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits, Inputs
    from lnmbench.records import Training


class Uncertainty:
    """Learns a log-variance for each task of each fit (Kendall, Gal & Cipolla 2018)."""

    def __init__(self) -> None:
        self.scalars: list[Tensor] = []

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return [0.5] * len(tasks)

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        self.scalars.append(scalars.detach().clone())
        return (torch.exp(-scalars) * losses + scalars).sum(1)


def without_loss_weights(fits: Fits) -> Fits:
    return replace(fits, loss_weights=None)


def test_auxiliary_weight_zero_is_single_task(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits = without_loss_weights(make_fits(range(6)))
    single = train(make_inputs(aux=False), fits, settings, sum_losses())
    weightless = train(make_inputs(), fits, settings, sum_losses(aux=0.0))
    weighted = train(make_inputs(), fits, settings, sum_losses(aux=1.0))
    np.testing.assert_allclose(
        weightless.probabilities["n2"], single.probabilities["n2"], rtol=0, atol=1e-6
    )
    assert np.nanmax(np.abs(weighted.probabilities["n2"] - single.probabilities["n2"])) > 1e-3


def test_a_loss_weight_of_each_fit_acts_on_that_fit(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
    assert_same_fit: Callable[..., None],
) -> None:
    fits = replace(make_fits([0, 1]), loss_weights=torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    mixed = train(make_inputs(), fits, settings, sum_losses())
    off = train(make_inputs(), without_loss_weights(fits), settings, sum_losses(aux=0.0))
    on = train(make_inputs(), without_loss_weights(fits), settings, sum_losses())
    assert_same_fit(mixed, 0, off, 0, atol=1e-6)
    assert_same_fit(mixed, 1, on, 1, atol=1e-6)


def test_predictions_are_probabilities_where_requested_and_nan_elsewhere(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    fits = make_fits(range(4))
    inputs = make_inputs()
    results = train(inputs, fits, settings, sum_losses())
    assert {task: p.shape for task, p in results.probabilities.items()} == {
        "n2": (4, len(inputs.target), 1),
        "classes": (4, len(inputs.target), 3),
    }
    for probabilities in results.probabilities.values():
        predicted = fits.predicted.numpy()
        assert np.isnan(probabilities[~predicted]).all()
        assert ((probabilities[predicted] >= 0) & (probabilities[predicted] <= 1)).all()
    np.testing.assert_allclose(results.probabilities["classes"][predicted].sum(-1), 1.0, atol=1e-6)


def test_learned_weights_are_learned_by_each_fit_for_itself(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
) -> None:
    weighting = Uncertainty()
    train(
        make_inputs(),
        without_loss_weights(make_fits([0, 1])),
        replace(settings, patience=9),
        weighting,
    )
    assert weighting.scalars[0].tolist() == [[0.5, 0.5]] * 2
    moved = weighting.scalars[-1]
    assert (moved != 0.5).all()
    assert (moved[0] != moved[1]).all()
