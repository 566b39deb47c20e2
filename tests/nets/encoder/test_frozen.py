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


def test_bfloat16_changes_features_by_its_rounding() -> None:
    slices = np.random.default_rng(0).uniform(-1, 1, (21, 9, 9)).astype(np.float32)
    exact, rounded = FrozenEncoder(stages())(slices), FrozenEncoder(stages(), bfloat16=True)(slices)
    assert rounded.dtype == np.float32
    assert 1e-5 < np.abs(rounded - exact).max() < 0.01 * np.abs(exact).max()
    assert not torch.is_autocast_enabled("cpu")
    volumes = FrozenEncoder(stages(), bfloat16=True).encode_volume
    with pytest.raises(RuntimeError):
        volumes(slices)  # the stages are of slices: the error leaves the precision
    assert not torch.is_autocast_enabled("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this GPU may have bfloat16 arithmetic")
def test_bfloat16_is_refused_on_a_device_without_it() -> None:
    with pytest.raises(UserError, match="precision: cuda has no bfloat16 arithmetic"):
        FrozenEncoder(stages(), device="cuda", bfloat16=True)


def test_volumes_are_seen_as_a_whole() -> None:
    network = nn.Sequential(nn.Conv3d(1, 2, (1, 3, 3)), nn.AdaptiveAvgPool3d(1), nn.Flatten())
    slices = np.random.default_rng(0).uniform(-1, 1, (3, 9, 9)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.from_numpy(slices)[None, None]).numpy()
    np.testing.assert_allclose(FrozenEncoder(network).encode_volume(slices), expected, rtol=1e-5)


class Limited(nn.Module):
    """Stages that run out of memory above a batch size."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most, self.sizes, self.inner = most, list[int](), stages()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        self.sizes.append(len(inputs))
        if len(inputs) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory")
        features: torch.Tensor = self.inner(inputs)
        return features


@pytest.mark.parametrize(
    ("most", "sizes"),
    [(16, [16, 16, 5]), (9, [16, 8, 8, 8, 8, 5]), (3, [16, 8, 4, *[2] * 18, 1])],
)
def test_batches_are_halved_where_memory_runs_out(
    most: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lnmbench.nets.encoder.frozen._fuse_batch_norm", lambda network: network)
    limited, lines = Limited(most), list[str]()
    slices = np.random.default_rng(0).uniform(-1, 1, (37, 9, 9)).astype(np.float32)
    encoder = FrozenEncoder(nn.Sequential(limited), say=lines.append)
    features = encoder(slices)
    assert limited.sizes == sizes
    assert encoder.encoded_slices == 37
    assert bool(lines) == (most < 16)
    assert all("out of memory" in line for line in lines)
    # the stages standardize nothing: rounding is relative to features of about 1
    np.testing.assert_allclose(features, FrozenEncoder(stages())(slices), rtol=1e-5, atol=1e-6)
    limited.sizes.clear()
    encoder(slices)
    assert max(limited.sizes) <= most, "the next call starts with the smaller batch"


def test_memory_for_no_image_is_refused_and_other_errors_pass() -> None:
    slices = np.zeros((5, 9, 9), np.float32)
    with pytest.raises(UserError, match=r"not enough to encode a single image; choose a smaller"):
        FrozenEncoder(nn.Sequential(Limited(0)))(slices)
    with pytest.raises(RuntimeError, match="mat1 and mat2"):
        FrozenEncoder(nn.Sequential(nn.Flatten(), nn.Linear(3, 3)))(slices)
