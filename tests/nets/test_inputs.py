"""Inputs of fits, which are refused if they do not match."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from lnmbench.nets.inputs import TrainableEncoder, forget_labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from lnmbench.nets.inputs import Inputs


def test_inputs_that_do_not_match_are_refused(make_inputs: Callable[..., Inputs]) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    with pytest.raises(ValueError, match="offsets do not match the cases"):
        replace(inputs, target=inputs.target[1:], aux=())
    for change, match in (
        ({"target": inputs.target + 1}, "not 0 and 1"),
        ({"aux": inputs.aux * 2}, "repeat"),
    ):
        with pytest.raises(ValueError, match=match):
            replace(inputs, **change)


def test_slices_that_do_not_match_are_refused(make_inputs: Callable[..., Inputs]) -> None:
    slices = make_inputs().slices
    assert slices is not None
    nan = torch.where(torch.arange(slices.total)[:, None] == 3, math.nan, slices.features)
    encoder = TrainableEncoder(
        network=nn.Identity(), activations=slices.features, rows=torch.arange(3)
    )
    for change, match in (
        ({"offsets": slices.offsets[:-1]}, "do not match"),
        ({"views": 2}, "do not match"),
        ({"features": slices.features[:0], "offsets": slices.offsets * 0}, "no case has slices"),
        ({"features": nan}, "not finite"),
        ({"trainable_encoder": encoder}, "activations do not match"),
    ):
        with pytest.raises(ValueError, match=match):
            replace(slices, **change)


def test_labels_of_cases_without_slices_are_refused_and_can_be_forgotten(
    make_inputs: Callable[..., Inputs],
) -> None:
    full, missing = make_inputs(), [0, 4, 9]
    inputs = make_inputs(missing=missing)
    assert inputs.slices is not None
    assert (~inputs.slices.has_slices).nonzero().flatten().tolist() == missing
    labeled = replace(full.aux[0], targets=torch.ones(len(full.target), 2))
    with pytest.raises(ValueError, match="'classes' has labels of cases without slices"):
        replace(inputs, aux=(labeled,))
    (forgotten,) = forget_labels([labeled], inputs.slices.has_slices)
    assert torch.isnan(forgotten.targets[missing]).all()
    assert torch.isnan(forgotten.targets).sum() == 2 * len(missing)
    replace(inputs, aux=(forgotten,))
    assert full.slices is not None
    assert forget_labels([labeled], full.slices.has_slices) == (labeled,)
