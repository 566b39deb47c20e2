"""Data that stacks share: features of a frozen encoder, and a memory limit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from lnmbench.errors import UserError
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.inputs import TrainableEncoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from lnmbench.nets.inputs import Inputs

CPU = torch.device("cpu")


def test_features_are_loaded_for_a_frozen_encoder_alone(make_inputs: Callable[..., Inputs]) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    data = load_device_data(inputs, CPU, 1000)
    assert data.memory_bytes == 1000
    assert data.features is not None
    features = inputs.slices.features
    assert data.features.values.shape == features.shape
    encoder = TrainableEncoder(
        network=nn.Identity(), activations=features, rows=torch.arange(len(features))
    )
    trained = replace(inputs, slices=replace(inputs.slices, trainable_encoder=encoder))
    assert load_device_data(trained, CPU).features is None
    assert load_device_data(make_inputs(slices=False), CPU).features is None


def test_slices_of_other_views_standardize_nothing(make_inputs: Callable[..., Inputs]) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    cases = len(inputs.target)
    features = inputs.slices.features
    both = torch.cat([features, 9 * features])
    doubled = replace(inputs, slices=replace(inputs.slices, features=both, views=2))
    training = torch.arange(2 * cases)[None] < 10
    data = load_device_data(doubled, CPU)
    assert data.features is not None
    mean, _ = data.features.standardization(training)
    expected = data.features.values[: inputs.slices.offsets[10]].mean(0)
    torch.testing.assert_close(mean[0], expected, rtol=1e-4, atol=1e-5)


def test_features_that_do_not_fit_into_memory_are_refused(
    make_inputs: Callable[..., Inputs], monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = iter([torch.OutOfMemoryError("CUDA out of memory"), RuntimeError("CUDA error")])

    def fail(*arguments: object, **named: object) -> None:
        raise next(errors)

    monkeypatch.setattr("lnmbench.nets.data.device_data.SliceFeatures", fail)
    with pytest.raises(UserError, match=r"features of all slices.*expected 0.0 GB.*another --dev"):
        load_device_data(make_inputs(), CPU)
    with pytest.raises(RuntimeError, match="CUDA error"):
        load_device_data(make_inputs(), CPU)
