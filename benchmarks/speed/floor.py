"""What the arithmetic alone takes: products of a model-epoch over the rate of a large one."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import torch
from turns import settled

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits, Inputs
    from lnmbench.records import Training

_SIDE = 1024


def products_of_an_epoch(inputs: Inputs, fits: Fits, settings: Training) -> float:
    """Return the floating-point operations of the products of one fit's epoch, on average.

    Counted are projection and linear layers: forward, their weights' gradients and, behind the
    projection, their inputs'; validation forward only. Attention's own products are left out.
    """
    assert inputs.slices is not None
    assert inputs.offsets is not None
    lengths = inputs.offsets.diff().double()
    trained, validated = (
        float((part.double() @ lengths).mean()) for part in (fits.training, fits.validation)
    )
    width = settings.token_dim or inputs.slices.shape[1]
    project = inputs.slices.shape[1] * width if settings.token_dim else 0
    layers = settings.layers * 8 * width**2  # queries, keys, values, output; out to 2 d and back
    return 2 * (trained * (2 * project + 3 * layers) + validated * (project + layers))


def product_rate(device: torch.device | str) -> float:
    """Return the operations per second of a product of 1024³ in float32, all threads together."""
    device = torch.device(device)
    a, b = torch.randn(2, _SIDE, _SIDE, device=device)
    rates = []
    for _ in range(9):
        start = settled(device)
        for _ in range(10):
            torch.mm(a, b)
        rates.append(10 * 2 * _SIDE**3 / (settled(device) - start))
    return statistics.median(rates)


def tell_floor(inputs: Inputs, fits: Fits, settings: Training, device: str) -> None:
    """Print the products of a model-epoch, the rate of a large one, and what that makes."""
    work, rate = products_of_an_epoch(inputs, fits, settings), product_rate(device)
    print(
        f"floor: {work / 1e9:.2f} GFLOP of products a model-epoch, at the {rate / 1e9:.0f} GFLOP/s "
        f"of one of 1024³: {1e3 * work / rate:.1f} ms",
        flush=True,
    )
