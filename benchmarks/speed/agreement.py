"""Agreement of probabilities between orders of summation: stacks, products and devices.

The same fits are trained to their end, with dropout and early stopping, in ways that differ in the
order of float32 sums alone: `stacked` trains all fits in one stack, `alone` each in a stack of its
own, `split` adds every matrix product from the halves of its inner dimension, as another library or
device would, and `cuda` trains on the GPU. Rounding grows over the steps of a training, so that
single probabilities differ more than a product does.

    python benchmarks/speed/agreement.py
    python benchmarks/speed/agreement.py --network paper --dim 64 --fits 20
    python benchmarks/speed/agreement.py --device cuda --fits 200
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from random_fits import SumLosses, make_inputs_and_fits
from timing import make_parser, peak_memory_gb, reset_peak_memory
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from lnmbench.config import read_benchmark
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.device import make_deterministic
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.parallel import train
from lnmbench.nets.train_loop import train_stack
from lnmbench.records import Training

MOST_99, MOST, SAME_EPOCHS = 1e-4, 1e-3, 0.95
_PAPER = Path(__file__).parents[1] / "hu2023.toml"
_OPTIONS = (
    ("network", "all", "default, components, transformer, paper (hu2023.toml), or all"),
    ("fits", 50, "fits"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 5, "slices of a case, on average"),
    ("dim", 256, "features of a slice"),
    ("epochs", 0, "most epochs; 0: as the network has them"),
    ("device", "cpu", "device that is compared with the CPU: cpu, cuda"),
)
_PRODUCTS = {getattr(torch.ops.aten, name) for name in ("mm", "bmm", "addmm", "baddbmm")}


def list_networks() -> dict[str, Training]:
    """Return the settings of each network by name."""
    return {
        "default": Training(),
        "components": Training(layers=2, learning_rate=5e-4),
        "transformer": Training(layers=2, learning_rate=5e-4, projection="trained"),
        "paper": read_benchmark(_PAPER, {}).training,
    }


class SplitProducts(TorchDispatchMode):
    """Matrix products as sums over two halves of the inner dimension."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func.overloadpacket not in _PRODUCTS or args[-1].shape[-2] < 2:
            return func(*args, **kwargs)
        *bias, left, right = args
        half = right.shape[-2] // 2
        first = func(*bias, left[..., :half], right[..., :half, :], **kwargs)
        out = kwargs.pop("out", None)
        rest = torch.matmul(left[..., half:], right[..., half:, :])
        result: Tensor = first.add_(rest, alpha=kwargs.get("alpha", 1))
        return result if out is None else out


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Differences in probability of the same fits, and how many have the same best epoch."""

    differences: NDArray[np.float64]
    same_epochs: int
    median_epoch: float
    fits: int

    @property
    def share_99(self) -> float:
        """Return the difference within which 99 % of the probabilities stay."""
        return float(np.quantile(self.differences, 0.99))

    @property
    def largest(self) -> float:
        """Return the largest difference."""
        return float(self.differences.max())

    @property
    def is_reached(self) -> bool:
        """Return whether all targets are reached."""
        epochs = self.same_epochs >= SAME_EPOCHS * self.fits
        return self.share_99 <= MOST_99 and self.largest <= MOST and epochs

    def describe(self) -> str:
        """Return the differences in one line."""
        return (
            f"99 % of {len(self.differences)} probabilities within {self.share_99:.1e}, the "
            f"largest difference {self.largest:.1e}; the same best epoch in {self.same_epochs} of "
            f"{self.fits} fits, {self.median_epoch:.0f} in the median (targets {MOST_99:.0e}, "
            f"{MOST:.0e}, {SAME_EPOCHS:.0%}: {'reached' if self.is_reached else 'not reached'})"
        )


def compare(first: FitResults, second: FitResults) -> Agreement:
    """Return the agreement of two results of the same fits, over all tasks.

    A probability that only one of them has differs by 1.
    """
    pairs = [
        (first.probabilities[task], second.probabilities[task]) for task in first.probabilities
    ]
    differences = [np.abs(a - b)[np.isfinite(a) | np.isfinite(b)] for a, b in pairs]
    return Agreement(
        differences=np.nan_to_num(np.concatenate(differences), nan=1.0),
        same_epochs=int((first.best_epoch == second.best_epoch).sum()),
        median_epoch=float(np.median(first.best_epoch)),
        fits=len(first.best_epoch),
    )


def list_ways(
    inputs: Inputs, fits: Fits, settings: Training, device: torch.device
) -> dict[str, Callable[[], FitResults]]:
    """Return the ways to train the fits; the others are compared with the first.

    Parameters
    ----------
    inputs, fits, settings
        The data, the fits and the network.
    device
        The device that is compared with the CPU.
    """

    if device.type != "cpu":
        return {
            "cpu": lambda: train(inputs, fits, settings, SumLosses()),
            device.type: lambda: train(inputs, fits, settings, SumLosses(), device=device),
        }

    def train_one_stack(split: bool) -> FitResults:
        data = load_device_data(inputs, torch.device("cpu"))

        def run() -> FitResults:
            return train_stack(inputs, fits, settings, SumLosses(), data, lambda stopped: None)

        if not split:
            return run()
        with SplitProducts():
            return run()

    return {
        "stacked": lambda: train_one_stack(split=False),
        "alone": lambda: train_alone(inputs, fits, settings),
        "split": lambda: train_one_stack(split=True),
    }


def train_alone(inputs: Inputs, fits: Fits, settings: Training) -> FitResults:
    """Train each fit in a stack of its own, and return the results of all."""
    results = [train(inputs, fits.select([k]), settings, SumLosses()) for k in range(len(fits))]
    return replace(
        results[0],
        probabilities={
            task: np.concatenate([result.probabilities[task] for result in results])
            for task in results[0].probabilities
        },
        best_epoch=np.concatenate([result.best_epoch for result in results]),
    )


def measure_agreement(ways: Mapping[str, Callable[[], FitResults]]) -> dict[str, Agreement]:
    """Return the agreement of each way but the first with the first."""
    first, *others = ways
    reference = ways[first]()
    return {name: compare(reference, ways[name]()) for name in others}


def select_networks(name: str) -> dict[str, Training]:
    """Return the networks of that name, all for `all`."""
    networks = list_networks()
    if name == "all":
        return networks
    if name not in networks:
        raise SystemExit(f"unknown network {name!r}: expected all, {', '.join(networks)}")
    return {name: networks[name]}


def main() -> None:
    args = make_parser(__doc__, _OPTIONS, rounds=False).parse_args()
    device = torch.device(args.device)
    make_deterministic(device)
    reset_peak_memory(device)
    inputs, fits = make_inputs_and_fits(
        fits=args.fits, cases=args.cases, slices=args.slices, dim=args.dim
    )
    for name, network in select_networks(args.network).items():
        settings = replace(network, max_epochs=args.epochs or network.max_epochs)
        ways = list_ways(inputs, fits, settings, device)
        reference = next(iter(ways))
        for way, agreement in measure_agreement(ways).items():
            print(f"{name}, {way} against {reference}: {agreement.describe()}", flush=True)
    print(f"peak memory: {device.type} {peak_memory_gb(device):.2f} GB")


if __name__ == "__main__":
    main()
