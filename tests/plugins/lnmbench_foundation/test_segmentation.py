from __future__ import annotations

import pytest
import torch
from lnmbench_foundation.segmentation import SampleNorm, SegResEncoder, UNetEncoder
from torch import Tensor, nn
from torch.nn import functional as F


def volumes(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(1))


def test_the_encoder_of_segresnet_equals_that_of_monai() -> None:
    monai = pytest.importorskip("monai.networks.nets.segresnet_ds")
    reference = monai.SegResEncoder(init_filters=4, blocks_down=(1, 2, 2))
    generator = torch.Generator().manual_seed(0)
    for tensor in reference.state_dict().values():
        if tensor.is_floating_point():
            tensor.copy_(torch.rand(tensor.shape, generator=generator) * 0.3 + 0.01)
    network = SegResEncoder(width=4, blocks=(1, 2, 2)).eval()
    network.load_state_dict(reference.state_dict())
    images = volumes(2, 1, 9, 16, 12)
    with torch.inference_mode():
        expected = reference.eval()(images)[-1].mean(dim=(2, 3, 4))
        torch.testing.assert_close(network.stages()(images), expected)


def test_sample_norm_is_batch_normalization_of_one_volume() -> None:
    norm = SampleNorm(3)
    nn.init.uniform_(norm.weight)
    nn.init.uniform_(norm.bias)
    images = volumes(2, 3, 4, 5, 6) * 7 + 3
    expected = torch.cat(
        [
            F.batch_norm(one, None, None, norm.weight, norm.bias, training=True)
            for one in images.split(1)
        ]
    )
    torch.testing.assert_close(norm.eval()(images), expected)


def test_the_contracting_path_equals_a_plain_computation() -> None:
    network = UNetEncoder(width=2).eval()
    state, images = network.state_dict(), volumes(1, 1, 16, 16, 24)
    x = images
    for name in ("down_tr64", "down_tr128", "down_tr256", "down_tr512"):
        for index in (0, 1):
            key = f"{name}.ops.{index}"
            x = F.conv3d(x, state[f"{key}.conv1.weight"], state[f"{key}.conv1.bias"], padding=1)
            mean = x.mean(dim=(2, 3, 4), keepdim=True)
            x = (x - mean) / (x.var(dim=(2, 3, 4), keepdim=True, unbiased=False) + 1e-5).sqrt()
            weight, bias = (state[f"{key}.bn1.{each}"] for each in ("weight", "bias"))
            x = F.relu(x * weight[:, None, None, None] + bias[:, None, None, None])
        x = F.max_pool3d(x, 2) if name != "down_tr512" else x
    with torch.inference_mode():
        torch.testing.assert_close(
            network.stages()(images), x.mean(dim=(2, 3, 4)), atol=1e-5, rtol=1e-4
        )
