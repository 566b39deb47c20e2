"""Weightings of target and auxiliary losses."""

from __future__ import annotations

import lnmbench_weightings
import pytest
import torch
from lnmbench_weightings.fixed_weights import FixedWeights

from lnmbench import UserError
from lnmbench.contracts import Weighting


def test_fixed_is_offered_and_is_a_weighting() -> None:
    offered = lnmbench_weightings.register_weightings()
    assert isinstance(offered["fixed"](aux=0.5), Weighting)


def test_fixed_adds_weighted_auxiliary_losses_model_by_model() -> None:
    losses = torch.tensor([[1.0, 2.0, 4.0], [0.5, 1.0, 0.0]])
    nothing = torch.empty(2, 0)
    assert FixedWeights(aux=0.5).combine(losses, nothing).tolist() == [4.0, 1.0]
    assert FixedWeights(aux=0.0).combine(losses, nothing).tolist() == [1.0, 0.5]


def test_fixed_without_auxiliary_tasks_is_the_targets_loss() -> None:
    assert FixedWeights().combine(torch.tensor([[1.0], [2.0]]), torch.empty(2, 0)).tolist() == [
        1.0,
        2.0,
    ]


@pytest.mark.parametrize("aux", [-1.0, float("nan"), float("inf")])
def test_fixed_refuses_a_weight_that_is_none(aux: float) -> None:
    with pytest.raises(UserError, match="0 or more"):
        FixedWeights(aux=aux)
