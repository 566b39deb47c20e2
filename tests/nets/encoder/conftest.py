"""A small encoder whose stages fits train, with ragged cases of small images."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs, SliceInputs, TrainableEncoder
from lnmbench.nets.parallel import train
from lnmbench.records import Training

CASES, SIDE, DIM = 24, 12, 8


class TargetAlone:
    """The weighting without auxiliary tasks."""

    def initial_scalars(self, tasks: Sequence[str]) -> Sequence[float]:
        return ()

    def combine(self, losses: Tensor, scalars: Tensor) -> Tensor:
        return losses[:, 0]


@pytest.fixture(scope="session")
def target_alone() -> type[TargetAlone]:
    """The weighting without auxiliary tasks."""
    return TargetAlone


@pytest.fixture(scope="session")
def settings() -> Training:
    """Settings of a small network with trained stages."""
    return Training(
        learning_rate=2e-3,
        encoder_learning_rate=1e-3,
        projection="trained",
        token_dim=8,
        heads=2,
        layers=1,
        batch_size=6,
        max_epochs=4,
        patience=2,
    )


@pytest.fixture(scope="session")
def make_stages() -> Callable[[], nn.Sequential]:
    """A factory of the encoder's stages."""
    return _make_stages


def _make_stages() -> nn.Sequential:
    """Return a small encoder whose statistics are not the initial ones."""
    torch.manual_seed(3)
    network = nn.Sequential(
        nn.Conv2d(1, 6, 3, stride=2, bias=False),
        nn.BatchNorm2d(6),
        nn.ReLU(),
        nn.Conv2d(6, DIM, 3, groups=2, bias=False),
        nn.BatchNorm2d(DIM),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 2)
    return network.eval()


@pytest.fixture(scope="session")
def make_inputs() -> Callable[..., Inputs]:
    """A factory of inputs for some stages."""
    return _make_inputs


def _make_inputs(
    network: nn.Module,
    *,
    views: int = 1,
    augment: frozenset[str] = frozenset(),
    missing: Sequence[int] = (),
) -> Inputs:
    """Ragged cases whose brightness depends on the target; activations are the images.

    The cases `missing` have none.
    """
    source = torch.Generator().manual_seed(0)
    lengths = torch.randint(1, 5, (CASES,), generator=source)
    lengths[list(missing)] = 0
    offsets = torch.cat([torch.zeros(1, dtype=torch.int64), lengths.cumsum(0)])
    target = (torch.rand(CASES, generator=source) < 0.5).float()
    slices = int(offsets[-1])
    images = torch.rand(views * slices, 1, SIDE, SIDE, generator=source) - 0.5
    images += 0.05 * target.repeat_interleave(lengths).repeat(views)[:, None, None, None]
    with torch.no_grad():
        features = network(images[:slices])
    trainable_encoder = TrainableEncoder(
        network=network, activations=images, rows=torch.arange(slices), augmentations=augment
    )
    return Inputs(
        target=target,
        slices=SliceInputs(
            features=features,
            offsets=offsets,
            views=views,
            trainable_encoder=trainable_encoder,
        ),
    )


@pytest.fixture(scope="session")
def make_fits() -> Callable[[Sequence[int]], Fits]:
    """A factory of fits from their seeds."""
    return _make_fits


def _make_fits(seeds: Sequence[int]) -> Fits:
    """A fit is its seed: that decides its cases."""
    parts = torch.zeros(3, len(seeds), CASES, dtype=torch.bool)
    for k, seed in enumerate(seeds):
        order = torch.randperm(CASES, generator=torch.Generator().manual_seed(seed))
        parts[2, k, order[:10]] = True
        parts[1, k, order[4:10]] = True
        parts[0, k, order[10 + seed % 3 :]] = True
    return Fits(
        training=parts[0],
        validation=parts[1],
        predicted=parts[2],
        clinical=torch.zeros(len(seeds), CASES, 0),
        seeds=tuple(seeds),
    )


@pytest.fixture(scope="session")
def predict_risks() -> Callable[..., NDArray[np.float64]]:
    """A function that trains some fits and returns the probabilities of the target, (K, n)."""

    def predict(
        inputs: Inputs, fits: Fits, settings: Training, **options: int
    ) -> NDArray[np.float64]:
        results = train(inputs, fits, settings, TargetAlone(), threads=1, **options)
        return results.probabilities["target"][..., 0]

    return predict
