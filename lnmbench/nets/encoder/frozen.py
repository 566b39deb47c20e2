"""The frozen encoder: slices to feature vectors, in eval mode and without gradients."""

from __future__ import annotations

import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lnmbench.errors import UserError, nearest
from lnmbench.nets.device import is_out_of_memory, release_cached_memory, require_bfloat16
from lnmbench.nets.encoder.activations import to_channels_last
from lnmbench.nets.encoder.guarded_stages import GuardedStages

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

_BATCH_ON_CPU, _BATCH = 16, 128
_SMALLER = "out of memory: the encoder continues with fewer slices at a time"


class FrozenEncoder:
    """All stages of an encoder or some of them, applied to slices or to earlier activations.

    A slice's features do not depend on the other slices of a call, up to rounding. Where memory
    runs out, later batches have half as many slices. `encoded_slices` counts the slices.

    Parameters
    ----------
    stages
        The stages.
    device
        The device that computes.
    say
        Called with a notice for the user if memory runs out.
    bfloat16
        Run convolutions and matrix products in bfloat16 (torch.autocast) instead of float32.

    Raises
    ------
    UserError
        If the device has no bfloat16 arithmetic.
    """

    def __init__(
        self,
        stages: nn.Sequential,
        *,
        device: str = "cpu",
        bfloat16: bool = False,
        say: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._say = say
        self._device, self._bfloat16 = torch.device(device), bfloat16
        if bfloat16:
            require_bfloat16(self._device)
        self._batch_size = _BATCH_ON_CPU if self._device.type == "cpu" else _BATCH
        self._guarded = stages if isinstance(stages, GuardedStages) else None
        plain = stages if self._guarded is None else self._guarded.plain()
        self._network = _fuse_batch_norm(plain.eval()).to(self._device)
        # convolutions on CPU run about a third faster in this order of memory
        for weight in self._network.parameters():
            weight.data = to_channels_last(weight.data)
        self.encoded_slices = 0

    def __call__(self, slices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features (m, D) of slices (m, H, W) in [-1, 1]."""
        return self.encode(slices[:, None])  # of (m, 1, H, W)

    def encode_volume(self, slices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features of a volume.

        Parameters
        ----------
        slices
            A volume of S slices, (S, H, W), scaled to [-1, 1].

        Returns
        -------
        ndarray
            (1, D), float32.
        """
        return self.encode(slices[None, None])  # of (1, 1, S, H, W)

    def encode(self, activations: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the stages' output.

        Parameters
        ----------
        activations
            Inputs (m, …) of the shape that the first of the stages takes.

        Returns
        -------
        ndarray
            (m, …), float32.
        """
        inputs = torch.from_numpy(activations)
        self.encoded_slices += len(inputs)
        outputs: list[Tensor] = []
        with self._precision():  # around all batches, which share its copy of the weights
            while len(inputs) or not outputs:
                batch = inputs[: self._batch_size]
                output = self._encode_if_memory_lasts(batch)
                if output is None:
                    self._halve_batches(len(batch))
                    continue
                outputs.append(output)
                inputs = inputs[len(batch) :]
        return torch.cat(outputs).numpy()  # (m, …)

    def _precision(self) -> AbstractContextManager[object]:
        if not self._bfloat16:
            return nullcontext()
        return torch.autocast(self._device.type, torch.bfloat16)

    def _encode_if_memory_lasts(self, batch: Tensor) -> Tensor | None:
        try:
            return self._encode_batch(batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(batch) <= 1:
                raise UserError(
                    "out of memory: not enough to encode a single image",
                    then="choose a smaller encoder or another --device",
                ) from error
        return None

    def _halve_batches(self, size: int) -> None:
        # Outside the handler: its traceback would keep the tensors.
        release_cached_memory()
        self._say(_SMALLER)
        self._batch_size = size // 2

    @torch.inference_mode()
    def _encode_batch(self, batch: Tensor) -> Tensor:
        inputs, stages = to_channels_last(batch.to(self._device)), self._guarded
        features: Tensor = (
            self._network(inputs)
            if stages is None
            else stages.guard(self._network, inputs, width=stages.width, frozen=True)
        )
        return features.float().cpu()


def split_stages(stages: nn.Sequential, name: str) -> tuple[nn.Sequential, nn.Sequential]:
    """Return the frozen stages, those before the stage `name`, and the trained ones.

    `none` trains no stage, `all` all of them. Leading stages without parameters are trained as
    well, since freezing them would change nothing. Raises `UserError` if there is no such stage,
    or if it and the later ones have no parameters.
    """
    names = [child for child, _ in stages.named_children()]
    if name == "none":
        return stages, nn.Sequential()
    if name != "all" and name not in names:
        raise UserError(
            f"the encoder has no stage {name!r} to train from",
            expected=f"none, all, {', '.join(names)}",
            then=nearest(name, [*names, "all", "none"]).partition(" known:")[0],
        )
    first = 0 if name == "all" else names.index(name)
    if not _has_parameters(_part(stages, first, len(stages))):
        trainable = [
            name for i, name in enumerate(names) if _has_parameters(_part(stages, i, len(stages)))
        ]
        raise UserError(
            f"the encoder has no parameters to train from stage {name} on",
            expected=", ".join(["none", "all", *trainable]) if trainable else "none",
        )
    if not _has_parameters(_part(stages, 0, first)):
        first = 0
    return _part(stages, 0, first), _part(stages, first, len(stages))


def _part(stages: nn.Sequential, start: int, stop: int) -> nn.Sequential:
    if isinstance(stages, GuardedStages):
        return stages.part(start, stop)
    return stages[start:stop]


def _has_parameters(stages: nn.Module) -> bool:
    return any(True for _ in stages.parameters())


def _fuse_batch_norm(stages: nn.Sequential) -> nn.Module:
    """Return the same function with each batch normalization folded into its convolution.

    A network that torch.fx cannot trace is returned unchanged: slower, with the same features up
    to rounding.
    """
    from torch.fx.experimental.optimization import fuse

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fused: nn.Module = fuse(stages)
    except (Exception, SystemExit):  # tracing runs code of a plugin, which a call runs again
        return stages
    return fused
