"""Time of each auxiliary task that learns from images, relative to the network without it.

python benchmarks/speed/image_tasks.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import torch
from random_fits import make_inputs_and_fits
from timing import format_number, make_parser, time_alternately

from lnmbench.contracts import ImageTask, OwnHead
from lnmbench.errors import UserError
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.inputs import AuxInput, Inputs
from lnmbench.nets.parallel import train
from lnmbench.records import Choice, Training
from lnmbench.registry import Registry
from lnmbench.stages.run import add_examples, random_example_images

_ALONE = "none"
_OPTIONS = (
    ("dim", 1280, "features of a slice"),
    ("fits", 50, "models in a stack"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 8, "slices of a case, on average"),
    ("epochs", 6, "epochs of every fit"),
)


def list_inputs(inputs: Inputs, settings: Training, registry: Registry) -> Iterator[Inputs]:
    """Yield the inputs with each task that learns from images, made of random features."""
    slices = inputs.slices
    if slices is None:
        raise UserError("random inputs have no slices")
    for offer in registry.aux_tasks.offers():
        if any(parameter.required for parameter in offer.parameters):
            continue
        task = registry.aux_tasks.build(Choice(name=offer.name))
        if not isinstance(task, ImageTask):
            continue
        features, offsets = slices.features.numpy(), slices.offsets.numpy()
        images = random_example_images(features, offsets, {task.images})
        aux = AuxInput(
            name=offer.name,
            task=task,
            targets=torch.ones(len(inputs.target)),
            head_module=task.head(settings.image_features) if isinstance(task, OwnHead) else None,
        )
        yield add_examples(replace(inputs, aux=(aux,)), slices, images)


def main() -> None:
    options = make_parser(__doc__, _OPTIONS).parse_args()
    registry = Registry()
    inputs, fits = make_inputs_and_fits(
        fits=options.fits, cases=options.cases, slices=options.slices, dim=options.dim
    )
    settings = Training(max_epochs=options.epochs, patience=options.epochs, warmup_epochs=0)
    weighting = registry.weightings.build(Choice(name="fixed"))
    print(
        f"{options.fits} fits, {options.cases} cases × {options.slices} slices, D = {options.dim},"
        f" {torch.get_num_threads()} threads"
    )

    def train_on(chosen: Inputs) -> FitResults:
        return train(chosen, fits, settings, weighting)

    ways = {_ALONE: partial(train_on, replace(inputs, aux=()))}
    for with_task in list_inputs(inputs, settings, registry):
        ways[with_task.aux[0].name] = partial(train_on, with_task)
    scale = 1e3 / (options.fits * options.epochs)
    medians = time_alternately(ways, options.rounds, unit="ms per model-epoch", scale=scale)
    for name, median in medians.items():
        ratio = median / medians[_ALONE]
        print(
            f"median: {name} {format_number(median)} ms: {ratio:.2f} × the network without a task"
        )


if __name__ == "__main__":
    main()
