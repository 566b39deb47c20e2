"""Weights of slices in trained networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.model import StackedModel
from lnmbench.nets.parallel import train
from lnmbench.nets.slice_weights import predict_slice_weights
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.records import Training


def test_trained_fits_tell_the_weights_of_the_slices_of_each_case(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: type,
    settings: Training,
) -> None:
    inputs, fits = make_inputs(), make_fits([1, 2, 3])
    assert inputs.slices is not None
    offsets = inputs.slices.offsets
    cases = [torch.tensor([4, 9]), torch.tensor([7]), torch.tensor([0, 1, 2])]
    weights: dict[int, list[NDArray[np.float64]]] = {}

    def inspect(indices: range, model: StackedModel, state: StackState) -> None:
        by_fit = predict_slice_weights(model, state, [cases[i] for i in indices], offsets)
        weights.update(zip(indices, by_fit, strict=True))

    inspected = train(inputs, fits, settings, sum_losses(), threads=2, on_trained=inspect)
    assert sorted(weights) == [0, 1, 2]
    for fit, numbers in enumerate(cases):
        counts = inputs.slices.counts[numbers].tolist()
        assert [len(each) for each in weights[fit]] == counts
        np.testing.assert_allclose([each.sum() for each in weights[fit]], 1.0, atol=1e-6)
        is_even = all(np.allclose(each, 1 / len(each)) for each in weights[fit])
        assert is_even == (settings.layers == 0)
    plain = train(inputs, fits, settings, sum_losses(), threads=2)
    for task, values in plain.probabilities.items():
        np.testing.assert_array_equal(values, inspected.probabilities[task])


def test_a_network_without_images_has_no_slices(
    make_inputs: Callable[..., Inputs],
    make_fits: Callable[[Sequence[int]], Fits],
    sum_losses: type,
    settings: Training,
) -> None:
    inputs = make_inputs()
    assert inputs.slices is not None
    offsets = inputs.slices.offsets

    def inspect(indices: range, model: StackedModel, state: StackState) -> None:
        predict_slice_weights(model, state, [torch.tensor([0])], offsets)

    with pytest.raises(ValueError, match="has no slices"):
        train(
            replace(inputs, slices=None),
            make_fits([1]),
            settings,
            sum_losses(),
            threads=1,
            on_trained=inspect,
        )
