"""What networks would learn from, with random features: the time does not depend on the values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Encoder
from lnmbench.records import Cohort, NetworkMethod
from lnmbench.registry import Registry
from lnmbench.stages.estimate.encoders import random_images
from lnmbench.stages.run.chunk import Chunk
from lnmbench.stages.run.features import planned_encoder
from lnmbench.stages.run.network_inputs import network_inputs

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs, TrainableEncoder

_MAPS = 16


def random_inputs(
    method: NetworkMethod, chunk: Chunk, cohort: Cohort, registry: Registry
) -> Inputs:
    """Return inputs of a chunk whose features are random, of the real width.

    Cases have as many slices as they have in the cohort. Where stages of the encoder train, all
    slices share a few random maps.
    """
    import torch

    at = cohort.positions(chunk.plan.ids)
    inputs = network_inputs(method, replace(chunk, features=None), cohort, at, registry)
    if method.level == "none":
        return inputs
    encoder = planned_encoder(method, registry)
    counts = np.diff(cohort.offsets)[at]
    if method.level == "volume":
        counts = np.ones_like(counts)
    offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(counts)]))
    total = int(offsets[-1])
    slices = torch.randn(total, encoder.out_dim, generator=torch.Generator().manual_seed(0))
    trainable_encoder = _trainable_encoder(method, cohort, encoder, total)
    return replace(inputs, slices=slices, offsets=offsets, trainable_encoder=trainable_encoder)


def _trainable_encoder(
    method: NetworkMethod, cohort: Cohort, encoder: Encoder, total: int
) -> TrainableEncoder | None:
    if method.trained_from == "none":
        return None
    import torch

    from lnmbench.nets.data.augmentation import parse_augmentations
    from lnmbench.nets.encoder.frozen import FrozenEncoder, split_stages
    from lnmbench.nets.fits import TrainableEncoder

    before, trained = split_stages(encoder.stages(), method.trained_from)
    images = random_images(method, cohort, _MAPS)
    maps = FrozenEncoder(before).encode(images) if len(before) else images
    return TrainableEncoder(
        network=trained,
        activations=torch.from_numpy(maps),
        rows=torch.arange(total) % _MAPS,
        augmentations=frozenset() if len(before) else parse_augmentations(method.training.augment),
    )
