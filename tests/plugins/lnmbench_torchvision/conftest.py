from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import signature

import numpy as np
import pytest
import torch
from lnmbench_torchvision.encoder import TorchvisionEncoder
from lnmbench_torchvision.families import Family
from lnmbench_torchvision.stages import make_outline

from lnmbench.records import Choice
from lnmbench.registry import Registry


@pytest.fixture(scope="session")
def build_encoder() -> Callable[..., TorchvisionEncoder]:
    """Build an encoder from its name and parameters, random weights by default."""
    registry = Registry()

    def build(name: str = "resnet18", **parameters: object) -> TorchvisionEncoder:
        choice = Choice(name=name, parameters={"weights": "random", **parameters})
        bound = registry.encoders.bind(choice).parameters
        offer = registry.encoders.offer(name)
        encoder = offer.factory(**{k: bound[k] for k in signature(offer.factory).parameters})
        assert isinstance(encoder, TorchvisionEncoder)
        return encoder

    return build


@pytest.fixture(scope="session")
def outline() -> Callable[[str], torch.nn.Module]:
    """A network on the meta device, made once."""
    return functools.cache(make_outline)


@pytest.fixture(scope="session")
def images() -> Callable[..., torch.Tensor]:
    """Make random slices (2, 1, H, W) or volumes (2, 1, 3, H, W) for a family."""

    def make(family: Family) -> torch.Tensor:
        size = family.size or 64
        shape = (2, 1, 3, size, size) if family.level == "volume" else (2, 1, size, size)
        return torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32))

    return make
