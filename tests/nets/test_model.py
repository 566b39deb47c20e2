"""The network of K fits: parameters of each fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import nn

from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.stacked.parameters import ParameterLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


def test_the_gradient_of_an_own_head_is_that_of_the_module(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    settings: Training,
    sum_losses: Callable[..., Weighting],
) -> None:
    torch.manual_seed(1)
    head = nn.Sequential(nn.Linear(8, 6), nn.Tanh(), nn.Linear(6, 3))
    task = replace(make_inputs().aux[0], head_module=head)
    inputs, fits = replace(make_inputs(), aux=(task,)), make_fits([0, 2])
    data = load_device_data(inputs, torch.device("cpu"))
    objective = StackedObjective(inputs, fits, settings, sum_losses(), data)
    features = torch.randn(2, 5, 8)
    layout = ParameterLayout(objective.model.network.parameters())
    values = layout.named_views(layout.initialize(fits.seeds))
    (logits,) = objective.model.network.aux_logits(values, features, cases=5)
    torch.testing.assert_close(logits, head(features))
    values["aux.classes.2.bias"][1] += 1.0  # each fit has its own parameters
    (moved,) = objective.model.network.aux_logits(values, features, cases=5)
    torch.testing.assert_close(
        moved - logits, torch.tensor([0.0, 1.0]).view(2, 1, 1).expand(2, 5, 3)
    )
