from __future__ import annotations

from collections import OrderedDict

import numpy as np
import torch
from torch import Tensor, nn

from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages
from lnmbench.nets.encoder.guarded_stages import GuardedStages

CALLS: list[tuple[int | None, bool]] = []


def guard(run: nn.Module, inputs: Tensor, *, width: int | None, frozen: bool) -> Tensor:
    CALLS.append((width, frozen))
    output: Tensor = run(inputs)
    return output


def make_stages() -> GuardedStages:
    torch.manual_seed(0)
    stages = OrderedDict(
        conv=nn.Conv2d(1, 2, 3), norm=nn.BatchNorm2d(2), flat=nn.Flatten(), last=nn.Linear(8, 4)
    )
    return GuardedStages(stages, guard, 4).eval()


def test_parts_keep_their_guard_and_the_last_its_width() -> None:
    stages = make_stages()
    frozen, trained = split_stages(stages, "last")
    assert isinstance(frozen, GuardedStages)
    assert isinstance(trained, GuardedStages)
    assert (frozen.width, trained.width) == (None, 4)
    assert [name for name, _ in trained.named_parameters()] == ["last.weight", "last.bias"]
    assert not frozen.training
    CALLS.clear()
    slices = torch.ones(2, 1, 4, 4)
    assert torch.equal(trained(frozen(slices)), stages.plain()(slices))
    assert CALLS == [(None, False), (4, False)]


def test_a_frozen_encoder_equals_that_of_plain_stages() -> None:
    slices = np.linspace(-1, 1, 32, dtype=np.float32).reshape(2, 4, 4)
    CALLS.clear()
    guarded = FrozenEncoder(make_stages())(slices)
    assert CALLS == [(4, True)]
    np.testing.assert_array_equal(guarded, FrozenEncoder(make_stages().plain())(slices))
