"""Fits that stop leave the stack, and the others train on unchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch

from lnmbench.nets.stacked.active_fits import ActiveFits, initialize_fits
from lnmbench.nets.stacked.parameters import Parameter, ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.nets.fits import Fits
    from lnmbench.records import Training

LAYOUT = ParameterLayout(
    [
        Parameter(name="weight", shape=(2, 3), bound=0.5, decays=True),
        Parameter(name="bias", shape=(3,), fill=1.0),
    ]
)
CPU = torch.device("cpu")


def take_steps(active: ActiveFits, count: int) -> None:
    for _ in range(count):
        for row, fit in enumerate(active.fits):
            for gradient in active.state.gradients.values():
                gradient[row] = 0.1 * (1 + fit)
        active.step(range(len(active.fits)))


def test_the_last_row_moves_to_the_place_of_a_fit_that_stops(
    make_fits: Callable[[Sequence[int]], Fits], settings: Training
) -> None:
    fits = make_fits([3, 4, 5])
    active = initialize_fits(LAYOUT, fits, settings, CPU)
    take_steps(active, 2)
    before = active.parameters.clone()
    active.remove([])
    assert active.fits == (0, 1, 2)
    active.remove([0])
    assert active.fits == (2, 1)
    assert active.state.rows.tolist() == [2, 1]
    assert torch.equal(active.parameters, before[[2, 1]])
    take_steps(active, 1)
    alone = initialize_fits(LAYOUT, replace(fits).select([2]), settings, CPU)
    # as fit 2 of the stack, with its gradients
    for _ in range(3):
        for gradient in alone.state.gradients.values():
            gradient[0] = 0.1 * 3
        alone.step([0])
    torch.testing.assert_close(active.parameters[0], alone.parameters[0])
    torch.testing.assert_close(active.state.values["weight"][0], alone.state.values["weight"][0])


def test_values_and_gradients_are_views_of_the_rows(
    make_fits: Callable[[Sequence[int]], Fits], settings: Training
) -> None:
    active = initialize_fits(LAYOUT, make_fits([0, 1]), settings, CPU)
    assert active.state.values["weight"].shape == (2, 2, 3)
    assert active.state.gradients["bias"].shape == (2, 3)
    assert all(values.requires_grad for values in active.state.values.values())
    take_steps(active, 1)
    assert (active.state.values["bias"] < 1).all()
