"""Activations before the trained stages, on the device if they fit, else copied as needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lnmbench.nets.inputs import TrainableEncoder


class ActivationStore:
    """The activations of every slice and view. Row v · S + s is slice s of view v.

    Parameters
    ----------
    encoder
        The encoder with the activations before its trained stages.
    views
        The number of views.
    device
        The device of the activations that calls return.
    resident_bytes
        The size up to which all activations move to the device once for all.
    """

    def __init__(
        self, encoder: TrainableEncoder, views: int, device: torch.device, resident_bytes: int
    ) -> None:
        values = encoder.activations
        if device.type != "cpu" and values.nbytes <= resident_bytes:
            values = values.to(device)
        self._values, self._device = values, device
        stride = len(values) // views
        rows = [encoder.rows + view * stride for view in range(views)]
        self._rows = torch.cat(rows).to(values.device)  # (views · S,)

    def __call__(self, slices: Tensor) -> Tensor:
        """Return the activations (m, …) of these rows (m,), on the device."""
        rows = self._rows[slices.to(self._rows.device)]
        return to_channels_last(self._values[rows].to(self._device, non_blocking=True))


def to_channels_last(x: Tensor) -> Tensor:
    """Return images or volumes in channels-last memory, the fastest order for convolutions.

    Parameters
    ----------
    x
        Images (m, channels, H, W) or volumes (m, channels, S, H, W). Tensors with another number
        of axes become contiguous.

    Returns
    -------
    Tensor
        The same shape, dtype and values.
    """
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    return x.contiguous(memory_format=formats.get(x.dim(), torch.contiguous_format))
