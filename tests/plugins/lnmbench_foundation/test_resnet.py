"""3D residual networks equal those of other libraries, and a plain computation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from lnmbench_foundation.resnet import ResNet3d, ResNetPlan
from torch import Tensor, nn
from torch.nn import functional as F

PLAN = ResNetPlan(block="bottleneck", blocks=(1, 2, 1, 1), width=8, shortcut_bias=True)


def randomize(network: nn.Module) -> nn.Module:
    """Return the network in eval mode with random weights and statistics."""
    generator = torch.Generator().manual_seed(0)
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point():
            scale = 0.5 if "running_var" in name or "bn" in name else 0.1
            tensor.copy_(scale * torch.rand(tensor.shape, generator=generator) + 0.01)
    return network.eval()


def volumes(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize(
    ("plan", "options"),
    [
        (PLAN, {"bias_downsample": True}),
        (replace(PLAN, shortcut_bias=False), {"bias_downsample": False}),
        (replace(PLAN, block="basic", shortcut="zeros"), {"shortcut_type": "A"}),
        (replace(PLAN, block="basic"), {"shortcut_type": "B"}),
    ],
)
def test_networks_equal_those_of_monai(plan: ResNetPlan, options: dict[str, Any]) -> None:
    resnet = pytest.importorskip("monai.networks.nets.resnet")
    blocks = {"basic": resnet.ResNetBlock, "bottleneck": resnet.ResNetBottleneck}
    widths = [8, 16, 32, 64]
    reference = resnet.ResNet(
        blocks[plan.block],
        list(plan.blocks),
        widths,
        n_input_channels=1,
        conv1_t_stride=2,
        feed_forward=False,
        **options,
    )
    randomize(reference)
    network = ResNet3d(plan).eval()
    network.load_state_dict(reference.state_dict())
    images = volumes(2, 1, 34, 40, 33)
    with torch.inference_mode():
        torch.testing.assert_close(network.stages()(images), reference(images))


def test_dilated_networks_equal_a_plain_computation() -> None:
    plan = ResNetPlan(
        block="basic", blocks=(1, 1, 1, 1), width=4, strides=(1, 2, 1, 1), dilations=(1, 1, 2, 4)
    )
    network = randomize(ResNet3d(plan))
    state, images = network.state_dict(), volumes(1, 1, 32, 32, 32)

    def norm(x: Tensor, name: str) -> Tensor:
        names = ("running_mean", "running_var", "weight", "bias")
        return F.batch_norm(x, *(state[f"{name}.{each}"] for each in names))

    def layer(x: Tensor, name: str, stride: int, dilation: int) -> Tensor:
        y = F.conv3d(x, state[f"{name}.0.conv1.weight"], None, stride, dilation, dilation)
        y = F.relu(norm(y, f"{name}.0.bn1"))
        y = F.conv3d(y, state[f"{name}.0.conv2.weight"], None, 1, dilation, dilation)
        y = norm(y, f"{name}.0.bn2")
        if f"{name}.0.downsample.0.weight" in state:
            x = F.conv3d(x, state[f"{name}.0.downsample.0.weight"], None, stride)
            x = norm(x, f"{name}.0.downsample.1")
        return F.relu(x + y)

    x = F.relu(norm(F.conv3d(images, state["conv1.weight"], None, 2, 3), "bn1"))
    x = F.max_pool3d(x, 3, 2, 1)
    for number, (stride, dilation) in enumerate([(1, 1), (2, 1), (1, 2), (1, 4)], start=1):
        x = layer(x, f"layer{number}", stride, dilation)
    assert x.shape[2:] == (4, 4, 4), "an eighth of the volume"
    with torch.inference_mode():
        torch.testing.assert_close(network.stages()(images), x.mean(dim=(2, 3, 4)))


def test_an_inflated_network_sees_a_stack_of_one_slice_as_the_slice() -> None:
    """With 2D kernels in the middle of 3D ones, the network is that of torchvision."""
    models = pytest.importorskip("torchvision.models.resnet")
    flat = models.ResNet(models.Bottleneck, [1, 2, 1, 1])
    randomize(flat)
    plan = ResNetPlan(
        block="bottleneck",
        blocks=(1, 2, 1, 1),
        inputs=3,
        stem_kernel=(3, 7, 7),
        stem_stride=(1, 2, 2),
    )
    network = ResNet3d(plan).eval()
    inflated = {}
    for name, tensor in flat.state_dict().items():
        if name.startswith("fc."):
            continue
        depth = network.state_dict()[name].shape[2] if tensor.ndim == 4 else 0
        if depth:
            middle = torch.zeros(*tensor.shape[:2], depth, *tensor.shape[2:])
            middle[:, :, depth // 2] = tensor
            tensor = middle
        inflated[name] = tensor
    network.load_state_dict(inflated)
    slices = volumes(1, 1, 64, 48)
    flat.fc = nn.Identity()
    with torch.inference_mode():
        expected = flat(slices.expand(-1, 3, -1, -1))
        stack = slices[:, :, None].expand(-1, -1, 16, -1, -1)
        torch.testing.assert_close(network.stages()(stack), expected)
