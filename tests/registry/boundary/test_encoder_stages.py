from __future__ import annotations

import copy
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from lnmbench.errors import PluginError
from lnmbench.nets.encoder.frozen import FrozenEncoder
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.encoder_stages import require_stages

SLICES = torch.linspace(-1, 1, 48).view(3, 1, 4, 4)


def make(boundary: Boundary, *stages: nn.Module) -> nn.Sequential:
    check = partial(require_stages, boundary=boundary, width=4)
    return boundary.call("stages", check, lambda: nn.Sequential(nn.Flatten(), *stages))


def test_features_and_gradients_are_those_of_the_stages(boundary: Boundary) -> None:
    linear = nn.Linear(16, 4)
    stages = make(boundary, linear)
    plain = nn.Sequential(nn.Flatten(), linear)
    assert torch.equal(stages(SLICES), plain(SLICES))
    parameters = {name: p.detach() * 2 for name, p in stages.named_parameters()}
    doubled = torch.func.functional_call(copy.deepcopy(stages), parameters, (SLICES,))
    assert torch.allclose(doubled, 2 * plain(SLICES))
    stages(SLICES).sum().backward()
    assert linear.weight.grad is not None


def test_a_fit_that_diverges_may_have_features_that_are_nan(boundary: Boundary) -> None:
    linear = nn.Linear(16, 4)
    nn.init.constant_(linear.weight, float("nan"))
    assert bool(torch.isnan(make(boundary, linear)(SLICES)).all())


def test_each_call_is_checked(boundary: Boundary) -> None:
    class Changing(nn.Module):
        calls = 0

        def forward(self, slices: Tensor) -> Tensor:
            self.calls += 1
            return slices[:, : 4 if self.calls == 1 else 5]

    stages = make(boundary, Changing())
    stages(SLICES)
    with pytest.raises(PluginError, match=r"features of shape \(3, 4\), got shape \(3, 5\)"):
        stages(SLICES)


def test_frozen_stages_that_run_out_of_memory_are_tried_with_fewer_slices(
    boundary: Boundary,
) -> None:
    class Greedy(nn.Module):
        def forward(self, slices: Tensor) -> Tensor:
            if len(slices) > 2:
                raise torch.OutOfMemoryError("CUDA out of memory")
            return slices[:, :4]

    lines = list[str]()
    encoder = FrozenEncoder(make(boundary, Greedy()), say=lines.append)
    features = encoder(SLICES[:, 0].numpy())
    assert torch.equal(torch.from_numpy(features), SLICES.flatten(1)[:, :4])
    assert len(lines) == 1
