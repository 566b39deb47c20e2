"""Parameters of the published networks: names and shapes as in public code."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from lnmbench_foundation.models import (
    CTFM,
    DEPTHS,
    FMCIB,
    MERLIN,
    SUPREM,
    FoundationModel,
    medicalnet_model,
)
from torch import nn

from lnmbench.imaging.own_grid import to_tensor

Shapes = dict[str, tuple[int, ...]]


def shapes(network: nn.Module) -> Shapes:
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def shapes_of(model: FoundationModel) -> Shapes:
    with torch.device("meta"):
        return shapes(model.make())


def test_fmcib_is_the_wide_network_of_monai() -> None:
    nets = pytest.importorskip("monai.networks.nets.resnet")
    with torch.device("meta"):
        reference = nets.resnet50(
            n_input_channels=1,
            widen_factor=2,
            conv1_t_stride=2,
            feed_forward=False,
            bias_downsample=True,
        )
    assert shapes_of(FMCIB) == shapes(reference)
    assert FMCIB.out_dim == shapes_of(FMCIB)["layer4.2.bn3.weight"][0]


def test_ctfm_is_the_encoder_of_monai() -> None:
    nets = pytest.importorskip("monai.networks.nets.segresnet_ds")
    with torch.device("meta"):
        reference = nets.SegResEncoder(init_filters=32, blocks_down=(1, 2, 2, 4, 4))
    assert shapes_of(CTFM) == shapes(reference)
    assert CTFM.out_dim == shapes_of(CTFM)["layers.4.blocks.3.conv2.weight"][0]


def test_merlin_has_the_inflated_parameters_of_torchvision() -> None:
    models = pytest.importorskip("torchvision.models")
    with torch.device("meta"):
        flat = models.resnet152()
    expected: Shapes = {}
    for name, shape in shapes(flat).items():
        if not name.startswith("fc."):
            depth = 3 if len(shape) == 4 and shape[-1] > 1 else 1
            expected[name] = (*shape[:2], depth, *shape[2:]) if len(shape) == 4 else shape
    assert shapes_of(MERLIN) == expected


def test_suprem_has_the_names_of_its_unet() -> None:
    expected: Shapes = {}
    inputs = 1
    for name, width in (
        ("down_tr64", 32),
        ("down_tr128", 64),
        ("down_tr256", 128),
        ("down_tr512", 256),
    ):
        for index, outputs in enumerate((width, 2 * width)):
            expected[f"{name}.ops.{index}.conv1.weight"] = (outputs, inputs, 3, 3, 3)
            expected[f"{name}.ops.{index}.conv1.bias"] = (outputs,)
            for each in ("weight", "bias", "running_mean", "running_var"):
                expected[f"{name}.ops.{index}.bn1.{each}"] = (outputs,)
            expected[f"{name}.ops.{index}.bn1.num_batches_tracked"] = ()
            inputs = outputs
    assert shapes_of(SUPREM) == expected
    assert SUPREM.out_dim == inputs


@pytest.mark.parametrize("depth", DEPTHS)
def test_medicalnet_has_the_names_of_monai(depth: int) -> None:
    nets = pytest.importorskip("monai.networks.nets")
    model = medicalnet_model(depth)
    with torch.device("meta"):
        reference = getattr(nets, f"resnet{depth}")(
            n_input_channels=1,
            conv1_t_stride=2,
            feed_forward=False,
            shortcut_type="A" if depth in (18, 34) else "B",
            bias_downsample=False,
        )
    assert shapes_of(model) == shapes(reference)


@pytest.mark.parametrize(
    ("model", "shape", "reach_mm"),
    [
        (FMCIB, (50, 50, 50), 24.5),
        (CTFM, (24, 128, 128), 63.5),
        (MERLIN, (160, 224, 224), 238.5),
        (SUPREM, (96, 96, 96), 71.25),
        (medicalnet_model(10), (50, 50, 50), 24.5),
    ],
)
def test_grids(model: FoundationModel, shape: tuple[int, ...], reach_mm: float) -> None:
    assert model.grid.shape == shape
    assert model.grid.reach_mm == reach_mm


def test_merlin_gets_the_axes_that_its_network_permutes_to() -> None:
    """Its network turns (x, y, z) of RAS into (z, x, y) before the first convolution."""
    hu = np.arange(3 * 4 * 5, dtype=np.int16).reshape(3, 4, 5)
    small = replace(MERLIN.grid, size=(5, 4, 3), window_hu=(0, 60), intensity=(0, 60))
    ras = torch.from_numpy(to_tensor(hu, replace(small, orientation="RAS")))
    permuted = ras[None, None].permute(0, 1, 4, 2, 3)[0, 0]
    torch.testing.assert_close(torch.from_numpy(to_tensor(hu, small)), permuted)
