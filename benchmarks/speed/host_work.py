"""Work of the host in training on a GPU, measured without one, and the share that it may have.

The host batches the cases of all fits and starts operations, whose number does not depend on the
number of fits; a GPU waits for both where its own work takes less. They are measured on one core:
the batches of all fits, and a training of one fit with tokens of width 4, which computes next to
nothing. Operations are counted without views. Two ways to shorten that time are judged by it: a
CUDA graph would save the host's time of each step, and a constant number of fits, which replaces
fits that stop by others that wait, needs fits that wait for memory.

    OMP_NUM_THREADS=1 python benchmarks/speed/host_work.py
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from agreement import list_networks
from random_fits import SumLosses, make_inputs_and_fits
from timing import make_parser
from torch.utils._python_dispatch import TorchDispatchMode

from lnmbench.nets.assembly import build_network
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.memory import estimate_fit_bytes
from lnmbench.nets.objective import StackedObjective
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.train_loop import TrainLoop, shuffle_into_batches
from lnmbench.records import Protocol, Training

_WIDTH = 4
_PAPER = Protocol()
_OPTIONS = (
    ("fits", _PAPER.folds * _PAPER.inner, "fits of a stack, those of a repeat"),
    ("cases", 681, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 5, "slices of a case, on average"),
    ("dim", 2048, "features of a slice"),
    ("epochs", 5, "epochs to measure"),
)


class CountedOperations(TorchDispatchMode):
    """The number of operations that start work on a device: all but views."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWork:
    """Steps of an epoch, its operations, and the host's seconds of an epoch by kind of work."""

    steps: int
    operations: int
    batching_s: float
    operations_s: float

    @property
    def epoch_s(self) -> float:
        return self.batching_s + self.operations_s


def measure(inputs: Inputs, fits: Fits, settings: Training, epochs: int) -> HostWork:
    """Return the host's work of an epoch, the least of several.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of the stack.
    settings
        The network and its rates.
    epochs
        The number of epochs to measure.
    """
    narrow = replace(settings, token_dim=_WIDTH, patience=2 + epochs)
    data = load_device_data(inputs, torch.device("cpu"))
    weighting = SumLosses()
    loop = TrainLoop(
        StackedObjective(inputs, fits.select(range(1)), narrow, weighting, data), narrow
    )
    seconds = [_processor_time(partial(loop.run_epoch, epoch)) for epoch in range(1, 1 + epochs)]
    with CountedOperations() as counted:
        loop.run_epoch(1 + epochs)
    objective = StackedObjective(inputs, fits, narrow, weighting, data)
    batching = [_processor_time(partial(_batch, objective, settings)) for _ in range(epochs)]
    steps = -(-int(fits.training.sum(1).max()) // settings.batch_size)
    return HostWork(
        steps=steps,
        operations=counted.count,
        batching_s=min(batching),
        operations_s=min(seconds),
    )


def _batch(objective: StackedObjective, settings: Training) -> None:
    """Make the batches of an epoch of all fits."""
    order = torch.Generator().manual_seed(0)
    by_fit = [
        shuffle_into_batches(cases, order, settings.batch_size)
        for cases in objective.training_cases
    ]
    deque(objective.model.make_batches(list(zip(*by_fit, strict=True))), maxlen=0)


def _processor_time(work: Callable[[], None]) -> float:
    """Return the seconds of CPU time that some work takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    asked = make_parser(__doc__, _OPTIONS, rounds=False).parse_args()
    inputs, fits = make_inputs_and_fits(
        fits=asked.fits, cases=asked.cases, slices=asked.slices, dim=asked.dim
    )
    print(f"{asked.fits} fits, {asked.cases} cases × {asked.slices} slices, D = {asked.dim}")
    for name, settings in list_networks().items():
        work = measure(inputs, fits, settings, asked.epochs)
        layout = ParameterLayout(build_network(inputs, fits, settings, SumLosses()).parameters())
        size = estimate_fit_bytes(inputs, settings, layout.size)
        whole = _PAPER.repeats * settings.max_epochs * work.epoch_s
        print(
            f"{name}: {work.steps} steps and {work.operations} operations an epoch, host"
            f" {1e3 * work.operations_s:.0f} + {1e3 * work.batching_s:.0f} ms for operations and"
            f" batches, {1e3 * work.epoch_s / work.steps:.1f} ms a step;"
            f" {_PAPER.repeats} repeats of {settings.max_epochs} epochs: at most {whole:.0f} s;"
            f" memory {size / 1e6:.0f} MB a fit, {asked.fits * size / 1e9:.1f} GB",
            flush=True,
        )


if __name__ == "__main__":
    main()
