"""What stands before the trained stages: on the device where it fits, else brought as needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lnmbench.nets.fits import TrainableEncoder


class Maps:
    """The maps of every slice and view. A row v · S + s is slice s of view v.

    They move to the device if they take no more than `room` bytes, once for all.
    """

    def __init__(
        self, trainable_encoder: TrainableEncoder, views: int, device: torch.device, room: int
    ) -> None:
        values = trainable_encoder.activations
        if device.type != "cpu" and values.nbytes <= room:
            values = values.to(device)
        self._values, self._device = values, device
        stride = len(values) // views
        rows = [trainable_encoder.rows + view * stride for view in range(views)]
        self._rows = torch.cat(rows).to(values.device)

    def __call__(self, slices: Tensor) -> Tensor:
        """Return the maps (m, …) of these rows (m,), on the device."""
        at = self._rows[slices.to(self._rows.device)]
        maps = self._values[at].to(self._device, non_blocking=True)
        return in_best_order(maps)


def in_best_order(maps: Tensor) -> Tensor:
    """Return the maps in the order of memory that convolutions like."""
    orders = {4: torch.channels_last, 5: torch.channels_last_3d}
    return maps.contiguous(memory_format=orders.get(maps.dim(), torch.contiguous_format))
