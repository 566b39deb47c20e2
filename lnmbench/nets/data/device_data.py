"""What stacks share: the device, the memory there, and the features of a frozen encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lnmbench.nets.stacked.projection import Features

if TYPE_CHECKING:
    from lnmbench.nets.fits import Inputs

_MEMORY = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shared:
    """A device, the bytes that one stack may fill there, and the features of a frozen encoder."""

    device: torch.device
    memory: int
    features: Features | None = None


def shared_by(inputs: Inputs, device: torch.device, memory: int | None) -> Shared:
    """Return what stacks over these inputs share, the features ready on the device."""
    features = None
    if (
        inputs.slices is not None
        and inputs.offsets is not None
        and inputs.trainable_encoder is None
    ):
        # the slices of other views are as cases that no fit standardizes with
        ends = [inputs.offsets[1:] + view * inputs.offsets[-1] for view in range(inputs.views)]
        offsets = torch.cat([inputs.offsets[:1], *ends])
        features = Features(inputs.slices, offsets, device)
    return Shared(device=device, memory=_MEMORY if memory is None else memory, features=features)
