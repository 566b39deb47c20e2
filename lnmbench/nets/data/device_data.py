"""Data that the stacks of a method share: a device, its memory limit and slice features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from lnmbench.errors import UserError
from lnmbench.nets.data.standardization import SliceFeatures
from lnmbench.nets.device import is_out_of_memory

if TYPE_CHECKING:
    from lnmbench.nets.inputs import Inputs

# Rows of examples beyond the slices, in blocks of as many as a case may have slices.
_BLOCK = 16
# Memory of a stack that fine-tuning divides up if the caller sets no limit.
_DEFAULT_BYTES = 4 << 30


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DeviceData:
    """A device, the bytes that one stack may fill there, and the features of a frozen encoder.

    `threads` is the number of CPU cores that each stack may use before it trains.
    """

    device: torch.device
    memory_bytes: int
    features: SliceFeatures | None = None
    threads: int = 1


def load_device_data(
    inputs: Inputs, device: torch.device, memory_bytes: int | None = None, threads: int = 1
) -> DeviceData:
    """Return the data that stacks over some inputs share.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    device
        The device that features of a frozen encoder move to.
    memory_bytes
        The memory limit of a stack; None sets 4 GiB.
    threads
        The number of CPU cores that each stack may use before it trains.

    Raises
    ------
    UserError
        If the features do not fit into the memory of the device.
    """
    features, slices = None, inputs.slices
    if slices is not None and slices.trainable_encoder is None:
        # the slices of other views, and other rows, count as cases on which no fit trains
        ends = [slices.offsets[1:] + view * slices.total for view in range(slices.views)]
        last, total = slices.total * slices.views, len(slices.features)
        others = torch.arange(last, total, _BLOCK)[1:]
        after = [others, torch.tensor([total])] if total > last else []
        offsets = torch.cat([slices.offsets[:1], *ends, *after])
        try:
            features = SliceFeatures(slices.features, offsets, device, key=slices.key)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            gigabytes = slices.features.numel() * 4 / 1e9
            raise UserError(
                "out of memory: not enough for the features of all slices",
                where=str(device),
                expected=f"{gigabytes:.1f} GB",
                then="choose an encoder with fewer features, or another --device",
            ) from error
    limit = _DEFAULT_BYTES if memory_bytes is None else memory_bytes
    return DeviceData(device=device, memory_bytes=limit, features=features, threads=threads)
