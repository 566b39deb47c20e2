"""Speed of the stacked trainer and of a plain PyTorch loop over the same fits.

Both train the same networks on cached features by the same protocol: batches, AdamW, clipping,
validation after each epoch, best weights, predictions at the end. The plain loop trains one
`torch.nn` module after the other, in three ways: `loader` takes its batches from a DataLoader that
pads them, as most code does; `indexed` cuts them from cases that were padded once; `joblib` is
`loader` in two processes. With one fit, all ways train ten fits, each by itself. Runs alternate,
and medians are compared. Agreement is measured separately, without dropout: with the same initial
values and order, the largest difference in probability.

    python benchmarks/speed/stacked.py
    python benchmarks/speed/stacked.py --network transformer
    python benchmarks/speed/stacked.py --dim 2048 --fits 50 --device cuda
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from compute_bound import print_compute_bound
from plain_loop import train_in_processes, train_one_by_one, train_plainly
from random_fits import PLAIN, SumLosses, initial_parameters, make_inputs_and_fits
from timing import make_parser, print_ratios, time_alternately

from lnmbench.nets.device import make_deterministic
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.parallel import train
from lnmbench.records import Training

UNIT = "ms per model-epoch"
_ALONE = 10
_OPTIONS = (
    ("dim", (2048, 256), "features of a slice"),
    ("token-dim", 64, "width of the transformer"),
    ("fits", (50, 1), "models in a stack"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 8, "slices of a case, on average"),
    ("network", "default", "default, or transformer: trained projection and two layers"),
    ("epochs", 6, "epochs of every fit"),
    ("batch-size", 32, "cases of a step"),
    ("plain-fits", 0, "models that the other ways train, for their time of one; 0: all"),
    ("processes", 2, "processes of joblib, on a CPU; 0 leaves it out"),
    ("device", "cpu", "device of all ways: cpu, cuda"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """The goals for the speed of many fits relative to other ways, on a CPU and on a GPU."""

    plain: float
    joblib: float | None = None
    cuda: float = 20.0


NETWORKS = {"default": Training(), "transformer": PLAIN}
GOALS = {2048: Goal(plain=10, joblib=6), 256: Goal(plain=12)}


def agreement(
    inputs: Inputs, fits: Fits, settings: Training, device: torch.device | str = "cpu"
) -> float:
    """Return the largest difference in probability between the loops, without dropout."""
    settings = replace(
        settings, dropout=0.0, feature_penalty=0.0, patience=settings.max_epochs, warmup_epochs=0
    )
    results = train(inputs, fits, settings, SumLosses(), device=device)
    stacked = results.probabilities["target"][..., 0]
    plain = [
        train_plainly(inputs, fits, k, settings, initial, device=device)
        for k, initial in enumerate(initial_parameters(inputs, fits, settings))
    ]
    return float(np.nanmax(np.abs(stacked - np.stack(plain))))


def ways_to_train(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    *,
    together: int,
    plain: Fits,
    processes: int,
    device: str,
) -> dict[str, Callable[[], object]]:
    """Return the ways to train these fits; the stacked trainer takes `together` at a time.

    Parameters
    ----------
    inputs, fits, settings
        The data, the fits and the network.
    together
        The number of fits of a stack.
    plain
        The fits that the other ways train.
    processes
        The number of processes of joblib.
    device
        The device of all ways.
    """
    stacks = [
        fits.select(range(i, min(i + together, len(fits)))) for i in range(0, len(fits), together)
    ]
    ways: dict[str, Callable[[], object]] = {
        "loader": lambda: train_one_by_one(inputs, plain, settings, loading=True, device=device),
        "indexed": lambda: train_one_by_one(inputs, plain, settings, device=device),
        "stacked": lambda: [
            train(inputs, stack, settings, SumLosses(), device=device) for stack in stacks
        ],
    }
    if together > 1 and processes and device == "cpu":
        ways["joblib"] = lambda: train_in_processes(inputs, plain, settings, processes=processes)
        train_in_processes(  # the processes start before the clock does
            inputs,
            fits.select(range(processes)),
            replace(settings, max_epochs=1),
            processes=processes,
        )
    return ways


def goals_for(dim: int, token_dim: int, together: int, device: str) -> dict[str, float]:
    """Return the goal for the speed relative to each way that has one."""
    if together == 1:
        return {"loader": 1.0}
    goal = GOALS.get(dim) if token_dim == 64 and together >= 50 else None
    if goal is None:
        return {}
    if device != "cpu":
        return {"loader": goal.cuda}
    ratios = {"loader": goal.plain, "joblib": goal.joblib}
    return {name: ratio for name, ratio in ratios.items() if ratio is not None}


def main() -> None:
    args = make_parser(__doc__, _OPTIONS).parse_args()
    make_deterministic(torch.device(args.device))
    if args.network not in NETWORKS:
        raise SystemExit(f"unknown network {args.network!r}: expected {' or '.join(NETWORKS)}")
    settings = replace(
        NETWORKS[args.network],
        token_dim=args.token_dim,
        batch_size=args.batch_size,
        max_epochs=args.epochs,
        patience=args.epochs,
    )
    for dim in args.dim:
        for together in args.fits:
            count = together if together > 1 else _ALONE
            inputs, fits = make_inputs_and_fits(
                fits=count, cases=args.cases, slices=args.slices, dim=dim
            )
            stacks = f"{together} fits" if together > 1 else f"1 fit, {count} times"
            print(
                f"{stacks}, {int(fits.training[0].sum())} training and "
                f"{int(fits.validation[0].sum())} validation cases × {args.slices} slices, D = "
                f"{dim}, {args.network} network, token_dim = {args.token_dim}, {args.device}, "
                f"{torch.get_num_threads()} threads"
            )
            # Two epochs: rounding in float32 grows from step to step, in any two ways of computing.
            sample, short = fits.select(range(min(5, count))), replace(settings, max_epochs=2)
            difference = agreement(inputs, sample, short, args.device)
            print(
                f"agreement: after 2 epochs probabilities of {len(sample)} fits differ by "
                f"{difference:.1e}"
            )
            plain = fits.select(range(min(args.plain_fits or count, count)))
            ways = ways_to_train(
                inputs,
                fits,
                settings,
                together=together,
                plain=plain,
                processes=args.processes,
                device=args.device,
            )
            scale = {name: 1e3 / (len(plain) * args.epochs) for name in ways}
            scale["stacked"] = 1e3 / (count * args.epochs)
            medians = time_alternately(
                ways, args.rounds, unit=UNIT, scale=scale, device=args.device
            )
            print_ratios(
                medians,
                "stacked",
                UNIT,
                goals_for(dim, args.token_dim, together, args.device),
            )
            if together > 1 and args.network == "transformer":
                print_compute_bound(inputs, fits, settings, args.device)


if __name__ == "__main__":
    main()
