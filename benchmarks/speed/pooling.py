"""Time of each pooling of slices relative to the mean: the same stack of fits.

python benchmarks/speed/pooling.py
python benchmarks/speed/pooling.py --layers 2
"""

from __future__ import annotations

from functools import partial
from typing import get_args

import torch
from random_fits import SumLosses, make_inputs_and_fits
from timing import format_number, make_parser, time_alternately

from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.parallel import train
from lnmbench.records import Training
from lnmbench.records.training import PoolingKind

_OPTIONS = (
    ("dim", 512, "features of a slice"),
    ("fits", 50, "models in a stack"),
    ("cases", 160, "cases; a tenth is tested, a fifth of the rest validates"),
    ("slices", 8, "slices of a case, on average"),
    ("layers", 0, "transformer layers"),
    ("epochs", 6, "epochs of every fit"),
)


def main() -> None:
    options = make_parser(__doc__, _OPTIONS).parse_args()
    inputs, fits = make_inputs_and_fits(
        fits=options.fits, cases=options.cases, slices=options.slices, dim=options.dim
    )
    print(
        f"{options.fits} fits, {options.cases} cases × {options.slices} slices, D = {options.dim},"
        f" layers = {options.layers}, {torch.get_num_threads()} threads"
    )

    def train_by(kind: PoolingKind) -> FitResults:
        settings = Training(
            max_epochs=options.epochs,
            patience=options.epochs,
            warmup_epochs=0,
            layers=options.layers,
            pooling=kind,
        )
        return train(inputs, fits, settings, SumLosses())

    kinds = [kind for kind in get_args(PoolingKind) if options.layers or kind != "transformer"]
    ways = {kind: partial(train_by, kind) for kind in kinds}
    scale = 1e3 / (options.fits * options.epochs)
    medians = time_alternately(ways, options.rounds, unit="ms per model-epoch", scale=scale)
    for kind in kinds:
        print(f"{kind}: {format_number(medians[kind] / medians['mean'])} × the mean")


if __name__ == "__main__":
    main()
