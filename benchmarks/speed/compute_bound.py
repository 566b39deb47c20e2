"""Lower bound of the time: matrix products of a model-epoch at the rate of a large one."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

import torch
from timing import synchronized_time

if TYPE_CHECKING:
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import Inputs
    from lnmbench.records import Training

_SIDE = 1024
_FLOAT32_ERROR = 2e-3
"""The largest error of such a product in float32, times ten; in bfloat16 it is near 0.3."""


def epoch_operations(inputs: Inputs, fits: Fits, settings: Training) -> float:
    """Return the floating-point operations of the products of one fit's epoch, on average.

    Counted are projection and linear layers: forward, their weights' gradients and, behind the
    projection, their inputs'; validation forward only. Attention's own products are left out.
    """
    assert inputs.slices is not None
    lengths, dim = inputs.slices.counts.double(), inputs.slices.dim
    trained, validated = (
        float((part.double() @ lengths).mean()) for part in (fits.training, fits.validation)
    )
    width = settings.token_dim or dim
    project = dim * width if settings.token_dim else 0
    layers = settings.layers * 8 * width**2  # queries, keys, values, output; out to 2 d and back
    return 2 * (trained * (2 * project + 3 * layers) + validated * (project + layers))


def operations_per_second(device: torch.device | str) -> dict[str, float]:
    """Return the operations per second of a product of 1024³ in float32, all threads together.

    The trainer uses the precision `highest`. `medium` may take other kernels, which on some CPUs
    compute in float32 as well, only faster; where they round to bfloat16, they are left out.
    """
    device = torch.device(device)
    a, b = torch.randn(2, _SIDE, _SIDE, device=device)
    exact = a.double() @ b.double()
    products = 1 if device.type == "cpu" else 10  # on a CPU, one takes longer than the clock's tick
    rates, usual = {}, torch.get_float32_matmul_precision()
    for precision in ("highest", "medium"):
        torch.set_float32_matmul_precision(precision)
        if float((torch.mm(a, b) - exact).abs().max()) > _FLOAT32_ERROR:
            continue
        measured = []
        for _ in range(9):
            start = synchronized_time(device)
            for _ in range(products):
                torch.mm(a, b)
            measured.append(products * 2 * _SIDE**3 / (synchronized_time(device) - start))
        rates[precision] = statistics.median(measured)
    torch.set_float32_matmul_precision(usual)
    return rates


def print_compute_bound(inputs: Inputs, fits: Fits, settings: Training, device: str) -> None:
    """Print the products of a model-epoch, and their time at the rates of a large one."""
    work, rates = epoch_operations(inputs, fits, settings), operations_per_second(device)
    times = (
        f"{1e3 * work / rate:.1f} ms at {rate / 1e9:.0f} GFLOP/s ({precision})"
        for precision, rate in rates.items()
    )
    print(
        f"floor: {work / 1e9:.2f} GFLOP of products per model-epoch, at the rate of one of 1024³ in"
        f" float32: {', '.join(times)}",
        flush=True,
    )
