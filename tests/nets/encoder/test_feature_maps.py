"""The last feature maps of an encoder, and places of them as vectors."""

from __future__ import annotations

from collections import OrderedDict

import pytest
import torch
from torch import nn

from lnmbench.errors import UserError
from lnmbench.nets.encoder.feature_maps import share_of_cells, split_at_maps


def make_stages() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(
        OrderedDict(
            stem=nn.Conv2d(1, 4, 3, stride=2, padding=1),
            block=nn.Sequential(nn.ReLU(), nn.Conv2d(4, 6, 3, stride=2, padding=1)),
            pool=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        )
    ).eval()


def test_the_mean_of_the_places_of_maps_is_the_feature_vector_of_the_slice() -> None:
    stages = make_stages()
    to_maps, to_vector = split_at_maps(stages, 32)
    assert [name for name, _ in to_maps.named_children()] == ["stem", "block"]
    slices = torch.randn(2, 1, 32, 32)
    with torch.inference_mode():
        maps = to_maps(slices)  # (2, 6, 8, 8)
        places = to_vector(maps.permute(0, 2, 3, 1).reshape(-1, 6, 1, 1))  # (128, 6)
        torch.testing.assert_close(places.view(2, 64, 6).mean(1), stages(slices))


def test_encoders_without_places_are_refused() -> None:
    flat = nn.Sequential(OrderedDict(all=nn.Sequential(nn.Flatten(), nn.Linear(64, 3))))
    with pytest.raises(UserError, match=r"has no feature maps \(encoder x, for aux task y\)"):
        split_at_maps(flat, 8, where="encoder x, for aux task y")
    stages = make_stages()
    tail = nn.Sequential(nn.Conv2d(6, 3, 8), nn.Flatten())
    with pytest.raises(UserError, match="looks at several places at once"):
        split_at_maps(nn.Sequential(OrderedDict(body=stages[:2], tail=tail)), 32)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(6 * 64, 3))
    with pytest.raises(UserError, match="maps no single place to a vector"):
        split_at_maps(nn.Sequential(OrderedDict(body=stages[:2], tail=linear)), 32)


def test_cells_have_the_share_of_the_mask_in_them() -> None:
    masks = torch.zeros(1, 8, 8, dtype=torch.uint8)
    masks[0, :4, :2] = 1
    torch.testing.assert_close(
        share_of_cells(masks, 2, 2), torch.tensor([[[0.5, 0.0], [0.0, 0.0]]])
    )
