"""The frozen encoder: slices in, feature vectors out, in eval mode and without gradients."""

from __future__ import annotations

import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, fx, nn

from lnmbench.errors import UserError, nearest
from lnmbench.nets.encoder.activations import in_best_order

_BATCH_ON_CPU, _BATCH = 16, 128


class FrozenEncoder:
    """Runs an encoder's stages, or some of them, over slices or what other stages made of them.

    A slice's features do not depend on the other slices of a call. `encoded_slices` counts them.
    """

    def __init__(self, stages: nn.Sequential, *, device: str = "cpu") -> None:
        self._device = torch.device(device)
        self._at_once = _BATCH_ON_CPU if self._device.type == "cpu" else _BATCH
        self._network = _fused(stages.eval()).to(self._device)
        # convolutions on CPU run about a third faster in this order of memory
        for weight in self._network.parameters():
            weight.data = in_best_order(weight.data)
        self.encoded_slices = 0

    def __call__(self, slices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (m, D) features of (m, H, W) slices in [-1, 1]."""
        return self.encode(slices[:, None])

    def encode_volume(self, slices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the (1, D) features of a volume of (S, H, W) slices in [-1, 1]."""
        return self.encode(slices[None, None])

    def encode(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (m, …) what the stages make of (m, …) maps, as the first one wants them."""
        given = torch.from_numpy(maps)
        self.encoded_slices += len(given)
        return torch.cat([self._encode(some) for some in torch.split(given, self._at_once)]).numpy()

    @torch.inference_mode()
    def _encode(self, batch: Tensor) -> Tensor:
        made: Tensor = self._network(in_best_order(batch.to(self._device)))
        return made.float().cpu()


def split_stages(stages: nn.Sequential, name: str) -> tuple[nn.Sequential, nn.Sequential]:
    """Return the frozen stages, those before the one of this name, and the trained ones.

    `none` trains none, `all` all of them. Stages without parameters that stand first are trained
    as well: there is nothing in them to freeze. Raises `UserError` for a name that is no stage, or
    that has no parameters behind it.
    """
    children = list(stages.named_children())
    names = [child for child, _ in children]
    if name == "none":
        return stages, nn.Sequential()
    if name != "all" and name not in names:
        raise UserError(
            f"the encoder has no stage {name!r} to train from",
            expected=f"none, all, {', '.join(names)}",
            then=nearest(name, [*names, "all", "none"]).partition(" known:")[0],
        )
    first = 0 if name == "all" else names.index(name)
    if not any(True for _ in stages[first:].parameters()):
        able = [own for own in names if any(True for _ in stages[names.index(own) :].parameters())]
        raise UserError(
            f"the encoder has nothing to train from stage {name} on",
            expected=", ".join(["none", "all", *able]) if able else "none",
        )
    if not any(True for _ in stages[:first].parameters()):
        first = 0
    return stages[:first], stages[first:]


def _fused(stages: nn.Sequential) -> nn.Module:
    """The same function with each batch normalization folded into the convolution before it.

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
