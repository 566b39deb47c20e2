"""Frozen stages, and where an encoder is cut."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from lnmbench.errors import UserError
from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages


def stages() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        OrderedDict(
            first=nn.Identity(),
            stem=nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU()),
            layer=nn.Conv2d(4, 5, 3),
            pool=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        )
    ).eval()


@pytest.mark.parametrize(
    ("name", "frozen"),
    [("none", 4), ("all", 0), ("first", 0), ("stem", 0), ("layer", 2)],
)
def test_stages_before_the_cut_are_frozen_if_there_is_something_in_them(
    name: str, frozen: int
) -> None:
    before, after = split_stages(stages(), name)
    assert (len(before), len(after)) == (frozen, 4 - frozen)
    assert [*before._modules, *after._modules] == ["first", "stem", "layer", "pool"]


def test_names_that_cannot_be_trained_are_refused() -> None:
    with pytest.raises(UserError, match="no stage 'layers'.*first, stem, layer, pool.*layer?"):
        split_stages(stages(), "layers")
    with pytest.raises(UserError, match="from stage pool on: expected none, all, first, stem, lay"):
        split_stages(stages(), "pool")
    with pytest.raises(UserError, match="no parameters to train from stage all on: expected none"):
        split_stages(nn.Sequential(nn.Flatten()), "all")


def test_what_is_made_of_maps_is_what_is_made_of_slices() -> None:
    slices = np.random.default_rng(0).uniform(-1, 1, (21, 9, 9)).astype(np.float32)
    before, after = (FrozenEncoder(part) for part in split_stages(stages(), "layer"))
    maps = before(slices)
    assert maps.shape == (21, 4, 7, 7)
    np.testing.assert_allclose(
        after.encode(maps), FrozenEncoder(stages())(slices), rtol=1e-4, atol=1e-5
    )
    assert before.encoded_slices == after.encoded_slices == 21


def test_volumes_are_seen_as_a_whole() -> None:
    network = nn.Sequential(nn.Conv3d(1, 2, (1, 3, 3)), nn.AdaptiveAvgPool3d(1), nn.Flatten())
    slices = np.random.default_rng(0).uniform(-1, 1, (3, 9, 9)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(slices)[None, None]).numpy()
    np.testing.assert_allclose(FrozenEncoder(network).encode_volume(slices), expected, rtol=1e-5)
