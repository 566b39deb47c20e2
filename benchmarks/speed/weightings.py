"""Time of each weighting relative to `fixed`: the same stack of fits with an auxiliary task.

python benchmarks/speed/weightings.py
python benchmarks/speed/weightings.py --tasks 4
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch
from random_fits import make_inputs_and_fits
from timing import format_number, make_parser, time_alternately

from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.inputs import AuxInput, Inputs
from lnmbench.nets.parallel import train
from lnmbench.records import Choice, Training
from lnmbench.registry import Registry

GOAL = 3.0
_OPTIONS = (
    ("dim", 1280, "features of a slice"),
    ("fits", 50, "models in a stack"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 8, "slices of a case, on average"),
    ("tasks", 1, "auxiliary tasks with 7 classes"),
    ("epochs", 6, "epochs of every fit"),
)


def add_tasks(inputs: Inputs, tasks: int, registry: Registry) -> Inputs:
    """Return the inputs with auxiliary tasks of random classes."""
    task = registry.aux_tasks.build(Choice(name="pt"))
    source = torch.Generator().manual_seed(1)
    aux = tuple(
        AuxInput(
            name=f"task {i}",
            task=task,
            targets=torch.nn.functional.one_hot(
                torch.randint(task.outputs, (len(inputs.target),), generator=source), task.outputs
            ).double(),
        )
        for i in range(tasks)
    )
    return replace(inputs, aux=aux)


def main() -> None:
    options = make_parser(__doc__, _OPTIONS).parse_args()
    registry = Registry()
    inputs, fits = make_inputs_and_fits(
        fits=options.fits, cases=options.cases, slices=options.slices, dim=options.dim
    )
    inputs = add_tasks(inputs, options.tasks, registry)
    settings = Training(max_epochs=options.epochs, patience=options.epochs, warmup_epochs=0)
    names = [offer.name for offer in registry.weightings.offers()]
    print(
        f"{options.fits} fits, {options.cases} cases × {options.slices} slices, D = {options.dim},"
        f" auxiliary tasks: {options.tasks}, {torch.get_num_threads()} threads"
    )

    def train_by(name: str) -> FitResults:
        return train(inputs, fits, settings, registry.weightings.build(Choice(name=name)))

    ways = {name: partial(train_by, name) for name in names}
    scale = 1e3 / (options.fits * options.epochs)
    medians = time_alternately(ways, options.rounds, unit="ms per model-epoch", scale=scale)
    for name in names:
        ratio = medians[name] / medians["fixed"]
        reached = "reached" if ratio <= GOAL else "not reached"
        print(
            f"median: {name} {format_number(medians[name])} ms: {ratio:.2f} × fixed"
            f" (target at most {GOAL:g} ×: {reached})"
        )


if __name__ == "__main__":
    main()
