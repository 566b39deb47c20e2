"""The frozen encoder: slices in, feature vectors out, in eval mode and without gradients."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

BATCH = 16


class FrozenEncoder:
    """Runs an encoder's stages over slices.

    A slice's features do not depend on the slices beside it. `encoded` counts the slices.
    """

    def __init__(self, stages: nn.Sequential, *, device: str = "cpu") -> None:
        self._device = torch.device(device)
        self._network = _fused(stages.eval()).to(self._device)
        # convolutions on CPU run about a third faster in this order of memory
        torch.nn.Module.to(self._network, memory_format=torch.channels_last)
        self.encoded = 0

    def __call__(self, slices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (m, D) features of (m, H, W) slices in [-1, 1]."""
        images = torch.from_numpy(slices)[:, None]
        self.encoded += len(slices)
        starts = range(0, len(slices), BATCH)
        return torch.cat([self._encode(images[at : at + BATCH]) for at in starts]).numpy()

    @torch.inference_mode()
    def _encode(self, batch: Tensor) -> Tensor:
        on_device = batch.to(self._device).contiguous(memory_format=torch.channels_last)
        made: Tensor = self._network(on_device)
        return made.float().cpu()


def _fused(stages: nn.Sequential) -> nn.Module:
    """The same function with each batch normalisation folded into the convolution before it.

    A network that torch.fx cannot trace stays as it is: slower, with the same features up to
    rounding.
    """
    from torch.fx.experimental.optimization import fuse

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fused: nn.Module = fuse(stages)
    except (fx.proxy.TraceError, RuntimeError, TypeError, NotImplementedError):
        return stages
    return fused
