"""Tokens and gradients of the projection equal those of standardized features."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lnmbench.nets.data.batches import TokenPacking
from lnmbench.nets.data.packing import pack
from lnmbench.nets.data.standardization import SliceFeatures
from lnmbench.nets.stacked.active_fits import StackState
from lnmbench.nets.stacked.projection import Projection

LENGTHS = torch.tensor([2, 1, 3, 2, 4, 1])
OFFSETS = torch.cat([torch.zeros(1, dtype=torch.int64), LENGTHS.cumsum(0)])
TRAINING = torch.tensor([[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 0]], dtype=torch.bool)
CHOSEN = [torch.tensor([0, 2, 5]), torch.tensor([4])]
DIM, WIDTH = 7, 3
CPU = torch.device("cpu")


def slices() -> Tensor:
    source = torch.Generator().manual_seed(1)
    spread = torch.logspace(-2, 2, DIM)
    return torch.randn(int(OFFSETS[-1]), DIM, generator=source) * spread + 30 * spread


def weights() -> tuple[Tensor, Tensor]:
    source = torch.Generator().manual_seed(2)
    return torch.randn(2, WIDTH, DIM, generator=source), torch.randn(2, WIDTH, generator=source)


def project(features: Tensor, *, together: bool = False) -> Tensor:
    projection = Projection(SliceFeatures(features, OFFSETS, CPU), TRAINING)
    projection._one_by_one = not together
    packing = pack(CHOSEN, OFFSETS, CPU).packing
    assert packing is not None
    weight, bias = weights()
    values = {"project.weight": weight, "project.bias": bias}
    tokens = projection.forward(StackState(fits=(0, 1), values=values), packing, training=True)
    return torch.cat([tokens[k, positions] for k, positions in enumerate(positions_of(packing))])


def positions_of(packing: TokenPacking) -> list[Tensor]:
    """The positions of each fit's tokens, in the order in which its cases were chosen."""
    positions = []
    for k, cases in enumerate(CHOSEN):
        by_slice = {
            int(packing.slice_rows[k, place]): int(place) for place in packing.token_positions[k]
        }
        positions.append(torch.tensor([by_slice[int(row)] for row in rows_of(cases)]))
    return positions


def rows_of(cases: Tensor) -> Tensor:
    return torch.cat([torch.arange(int(OFFSETS[c]), int(OFFSETS[c + 1])) for c in cases])


def by_hand(features: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Standardize in float64 with the training slices of each fit, then an ordinary product."""
    tokens = []
    for k, cases in enumerate(CHOSEN):
        training = features.double()[rows_of(TRAINING[k].nonzero().flatten())]
        x = (features.double()[rows_of(cases)] - training.mean(0)) / training.std(0, correction=0)
        tokens.append(x @ weight[k].double().T + bias[k].double())
    return torch.cat(tokens)


@pytest.mark.parametrize("together", [False, True])
def test_tokens_are_those_of_standardized_features(together: bool) -> None:
    expected = by_hand(slices(), *weights()).float()
    torch.testing.assert_close(project(slices(), together=together), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("together", [False, True])
def test_gradients_are_those_of_standardized_features(together: bool) -> None:
    projection = Projection(SliceFeatures(slices(), OFFSETS, CPU), TRAINING)
    projection._one_by_one = not together
    packing = pack(CHOSEN, OFFSETS, CPU).packing
    assert packing is not None
    weight, bias = (x.double().requires_grad_() for x in weights())
    source = torch.Generator().manual_seed(3)
    d_tokens = torch.randn(2, packing.capacity, WIDTH, generator=source)
    d_tokens *= packing.token_mask[..., None]
    ordered = torch.cat(
        [d_tokens[k, positions] for k, positions in enumerate(positions_of(packing))]
    )
    (by_hand(slices(), weight, bias) * ordered.double()).sum().backward()
    d_weight, d_bias = torch.empty(2, WIDTH, DIM), torch.empty(2, WIDTH)
    values = {"project.weight": weight.float(), "project.bias": bias.float()}
    gradients = {"project.weight": d_weight, "project.bias": d_bias}
    state = StackState(fits=(0, 1), values=values, gradients=gradients)
    projection.backward(state, packing, d_tokens)
    assert weight.grad is not None
    assert bias.grad is not None
    torch.testing.assert_close(d_weight, weight.grad.float(), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(d_bias, bias.grad.float(), rtol=1e-4, atol=1e-4)


def test_cases_outside_the_training_part_change_nothing() -> None:
    features = slices()
    before = project(features)
    features[rows_of(torch.tensor([1, 3]))] *= 5  # training in fit 0, 3 in both
    assert not torch.allclose(project(features), before, rtol=1e-2)
    features = slices()
    tokens = project(features)[:5]  # cases 0 and 2 of fit 0, which trains on 0 to 3
    features[rows_of(torch.tensor([4, 5]))] = 1e3 * features[rows_of(torch.tensor([4, 5]))] - 7
    torch.testing.assert_close(project(features)[:5], tokens, rtol=1e-3, atol=1e-3)


def test_a_feature_constant_over_the_training_slices_is_left_out() -> None:
    features = slices()
    features[:, 2] = 4.0
    features[:, 5] = 0.0
    features[rows_of(torch.tensor([5])), 2] = 1e6  # constant for fit 0, which predicts case 5
    varying = [0, 1, 3, 4, 6]
    weight, bias = weights()
    expected = by_hand(features[:, varying], weight[:, :, varying], bias).float()
    torch.testing.assert_close(project(features), expected, rtol=1e-4, atol=1e-4)
