"""The stacked trainer against a plain PyTorch loop, side by side, over the same fits.

Both train the same networks on cached features by the same protocol: batches, AdamW, clipping,
validation after each epoch, best weights, predictions at the end. The plain loop trains one
`torch.nn` module after the other, in three ways: `loader` takes its batches from a DataLoader that
pads them, as most code does; `indexed` cuts them from cases that were padded once; `joblib` is
`loader` in two processes. With one fit, all ways train ten fits, each by itself. Runs alternate,
and medians are compared. Agreement is measured apart, without dropout: the same start, the same
order, the largest difference in probability.

    python benchmarks/speed/stacked.py
    python benchmarks/speed/stacked.py --dim 2048 --fits 50 --device cuda
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from floor import tell_floor
from plain_loop import train_in_processes, train_one_by_one, train_plainly
from problems import Sum, made_up, starts
from turns import by_turns, compare, options

from lnmbench.nets.fits import Fits, Inputs
from lnmbench.nets.parallel import train
from lnmbench.records import Training

UNIT = "ms a model-epoch"
_ALONE = 10
_OPTIONS = (
    ("dim", (2048, 256), "features of a slice"),
    ("token-dim", 64, "width of the transformer"),
    ("fits", (50, 1), "models in a stack"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 8, "slices of a case, on average"),
    ("epochs", 6, "epochs of every fit"),
    ("batch-size", 32, "cases of a step"),
    ("processes", 2, "processes of joblib, on a CPU; 0 leaves it out"),
    ("device", "cpu", "where all ways run: cpu, cuda"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The ratios that are wanted of many fits at a width, on a CPU and on a GPU."""

    plain: float
    joblib: float | None = None
    cuda: float = 20.0


WANTED = {2048: Wanted(plain=8, joblib=5), 256: Wanted(plain=12)}


def agreement(
    inputs: Inputs, fits: Fits, settings: Training, device: torch.device | str = "cpu"
) -> float:
    """Return the largest difference in probability between the loops, without dropout."""
    settings = replace(settings, dropout=0.0, patience=settings.max_epochs)
    found = train(inputs, fits, settings, Sum(), device=device).probabilities["target"][..., 0]
    plain = [
        train_plainly(inputs, fits, k, settings, start, device=device)
        for k, start in enumerate(starts(inputs, fits, settings))
    ]
    return float(np.nanmax(np.abs(found - np.stack(plain))))


def ways_of(
    inputs: Inputs, fits: Fits, settings: Training, *, together: int, processes: int, device: str
) -> dict[str, Callable[[], object]]:
    """Return the ways to train these fits; the stacked trainer takes `together` at a time."""
    stacks = [
        fits.select(range(i, min(i + together, len(fits)))) for i in range(0, len(fits), together)
    ]
    ways: dict[str, Callable[[], object]] = {
        "loader": lambda: train_one_by_one(inputs, fits, settings, loading=True, device=device),
        "indexed": lambda: train_one_by_one(inputs, fits, settings, device=device),
        "stacked": lambda: [train(inputs, own, settings, Sum(), device=device) for own in stacks],
    }
    if together > 1 and processes and device == "cpu":
        ways["joblib"] = lambda: train_in_processes(inputs, fits, settings, processes=processes)
        train_in_processes(  # the processes start before the clock does
            inputs,
            fits.select(range(processes)),
            replace(settings, max_epochs=1),
            processes=processes,
        )
    return ways


def wanted_of(dim: int, token_dim: int, together: int, device: str) -> dict[str, float]:
    """Return the ratio that is wanted for each way, where one is."""
    if together == 1:
        return {"loader": 1.0}
    wanted = WANTED.get(dim) if token_dim == 64 and together >= 50 else None
    if wanted is None:
        return {}
    if device != "cpu":
        return {"loader": wanted.cuda}
    ratios = {"loader": wanted.plain, "joblib": wanted.joblib}
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}


def main() -> None:
    asked = options(__doc__, _OPTIONS).parse_args()
    settings = Training(
        token_dim=asked.token_dim,
        batch_size=asked.batch_size,
        max_epochs=asked.epochs,
        patience=asked.epochs,
    )
    for dim in asked.dim:
        for together in asked.fits:
            several = together if together > 1 else _ALONE
            inputs, fits = made_up(fits=several, cases=asked.cases, slices=asked.slices, dim=dim)
            stacks = f"{together} fits" if together > 1 else f"1 fit, {several} times"
            print(
                f"{stacks}, {int(fits.training[0].sum())} training and "
                f"{int(fits.validation[0].sum())} validation cases × {asked.slices} slices, D = "
                f"{dim}, token_dim = {asked.token_dim}, {asked.device}, "
                f"{torch.get_num_threads()} threads"
            )
            # Two epochs: rounding in float32 grows from step to step, in any two ways of computing.
            some, short = fits.select(range(min(5, several))), replace(settings, max_epochs=2)
            apart = agreement(inputs, some, short, asked.device)
            print(
                f"agreement: after 2 epochs probabilities of {len(some)} fits differ by {apart:.1e}"
            )
            ways = ways_of(
                inputs,
                fits,
                settings,
                together=together,
                processes=asked.processes,
                device=asked.device,
            )
            each = 1e3 / (several * asked.epochs)
            medians = by_turns(ways, asked.rounds, unit=UNIT, each=each, device=asked.device)
            compare(
                medians, "stacked", UNIT, wanted_of(dim, asked.token_dim, together, asked.device)
            )
            if together > 1:
                tell_floor(inputs, fits, settings, asked.device)


if __name__ == "__main__":
    main()
