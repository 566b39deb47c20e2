"""Networks of a chunk: all fits of a repeat, trained in stacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lnmbench.contracts import Weighting
from lnmbench.records import Cohort, Epoch, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.chunk import Chunk, fits, unit_result
from lnmbench.stages.network_inputs import clinical_inputs, network_inputs
from lnmbench.stages.plan import positions

if TYPE_CHECKING:
    from torch import Tensor


class TargetAlone:
    """The weighting of a network without auxiliary tasks."""

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return nothing to learn."""
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        """Return the target's loss, (K,) of (K, 1)."""
        return losses[:, 0]


def network_results(chunk: Chunk, cohort: Cohort, registry: Registry) -> list[UnitResult]:
    """Return the results of the chunk's units."""
    import torch

    from lnmbench.nets.fits import Fits
    from lnmbench.nets.training import train

    method, plan = chunk.method, chunk.plan
    assert method.training is not None
    at = positions(cohort, plan)
    planned = list(fits(plan, chunk.repeat))
    validation = np.stack([fit.validation for fit in planned])
    stack = Fits(
        training=torch.from_numpy(np.stack([fit.training for fit in planned])),
        validation=torch.from_numpy(validation),
        predicted=torch.from_numpy(validation | np.stack([fit.test for fit in planned])),
        clinical=torch.from_numpy(clinical_inputs(cohort, at, planned)),
        seeds=tuple(fit.seed for fit in planned),
    )
    weighting: Weighting = TargetAlone()
    if method.weighting is not None:
        weighting = registry.build("weighting", method.weighting)
    made = train(network_inputs(chunk, cohort, at, registry), stack, method.training, weighting)
    histories: dict[int, list[Epoch]] = {}
    for row in made.history:
        inner = planned[row.fit].inner
        losses = {"training_loss": row.training_loss, "validation_loss": row.validation_loss}
        histories.setdefault(row.fit, []).append(Epoch(inner=inner, epoch=row.epoch, **losses))
    units: dict[int, list[int]] = {}
    for k, fit in enumerate(planned):
        units.setdefault(fit.fold, []).append(k)
    return [
        unit_result(
            chunk,
            [planned[k] for k in members],
            {task: values[members] for task, values in made.probabilities.items()},
            fits=len(members),
            epochs=int(made.epochs[members].sum()),
            history=tuple(epoch for k in members for epoch in histories[k]),
        )
        for members in units.values()
    ]
