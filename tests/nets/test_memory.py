"""Estimates of memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import nn

from lnmbench.nets.inputs import TrainableEncoder
from lnmbench.nets.memory import estimate_fit_bytes, memory_for_fits

if TYPE_CHECKING:
    from collections.abc import Callable

    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training


def test_the_estimate_grows_with_parameters_and_with_the_batch(
    make_inputs: Callable[..., Inputs], settings: Training
) -> None:
    inputs = make_inputs()
    small = estimate_fit_bytes(inputs, settings, 1000)
    assert estimate_fit_bytes(inputs, settings, 2000) - small == 4 * 6 * 1000
    large = replace(settings, batch_size=10 * settings.batch_size, layers=4)
    assert estimate_fit_bytes(inputs, large, 1000) > small
    assert estimate_fit_bytes(make_inputs(slices=False), settings, 1000) == 4 * 6 * 1000


def test_trained_stages_leave_less_memory_for_fits(make_inputs: Callable[..., Inputs]) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    features = inputs.slices.features
    encoder = TrainableEncoder(
        network=nn.Identity(), activations=features, rows=torch.arange(len(features))
    )
    trained = replace(inputs, slices=replace(inputs.slices, trainable_encoder=encoder))
    assert memory_for_fits(inputs, 800) == 800
    assert memory_for_fits(trained, 800) == 300
