"""Networks of a chunk: all fits of a repeat, with all their candidates, trained in stacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Weighting
from lnmbench.records import TARGET, Cohort, NetworkMethod, UnitResult
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import network_candidates
from lnmbench.stages.plan.search.groups import Group, groups, side_by_side
from lnmbench.stages.run.chunk import Chunk, Fit, fits
from lnmbench.stages.run.network_inputs import clinical_inputs, network_inputs
from lnmbench.stages.run.search.outer_fold import OuterFold, outer_folds

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import FitEpoch, FitResults, Fits, Inputs


class TargetAlone:
    """The weighting of a network without auxiliary tasks."""

    def learned(self, tasks: Sequence[str]) -> Sequence[float]:
        """Return nothing to learn."""
        return ()

    def combine(self, losses: Tensor, learned: Tensor) -> Tensor:
        """Return the target's loss, (K,) of (K, 1)."""
        return losses[:, 0]


def network_results(
    method: NetworkMethod, chunk: Chunk, cohort: Cohort, registry: Registry
) -> list[UnitResult]:
    """Return the results of the chunk's units.

    Of a method with several candidates, each unit takes the one with the lowest mean loss of the
    target over its inner folds. Raises `UserError` where all of them diverge.
    """
    at = cohort.positions(chunk.plan.ids)
    planned = list(fits(chunk.plan, chunk.repeat))
    own_fits = stack_of(cohort, at, planned)
    units = outer_folds(planned)
    tasks = [TARGET, *map(str, method.aux)]
    notes: dict[str, None] = {}
    for group, made in _trained(method, chunk, cohort, at, own_fits, registry):
        _take_in(units, group, made, tasks)
        notes.update(dict.fromkeys(made.notes))
    return [unit.result(chunk, tuple(notes)) for unit in units]


def _trained(
    method: NetworkMethod,
    chunk: Chunk,
    cohort: Cohort,
    at: NDArray[np.int64],
    own: Fits,
    registry: Registry,
) -> Iterator[tuple[Group, FitResults]]:
    """Train the candidates, stack after stack."""
    from lnmbench.nets.parallel import train

    found = network_candidates(method, chunk.plan.protocol.seed, registry)
    gigabytes = chunk.resources.memory_gb
    inputs: dict[tuple[str, ...], Inputs] = {}
    # groups of the same tasks in a row: their inputs are made once, and one at a time is kept
    for group in sorted(groups(method, found), key=_tasks):
        tasks = _tasks(group)
        if tasks not in inputs:
            inputs = {tasks: network_inputs(group.method, chunk, cohort, at, registry)}
        made = train(
            inputs[tasks],
            side_by_side(own, group),
            group.method.training,
            weighting_of(group, registry),
            device=chunk.resources.device,
            memory=None if gigabytes is None else int(gigabytes * 1e9),
        )
        yield group, made


def stack_of(cohort: Cohort, at: NDArray[np.int64], planned: Sequence[Fit]) -> Fits:
    """Return the planned fits as the trainer takes them; `at` (n,) are places in the cohort."""
    import torch

    from lnmbench.nets.fits import Fits

    validation = np.stack([fit.validation for fit in planned])
    return Fits(
        training=torch.from_numpy(np.stack([fit.training for fit in planned])),
        validation=torch.from_numpy(validation),
        predicted=torch.from_numpy(validation | np.stack([fit.test for fit in planned])),
        clinical=torch.from_numpy(clinical_inputs(cohort, at, planned)),
        seeds=tuple(fit.seed for fit in planned),
    )


def _tasks(group: Group) -> tuple[str, ...]:
    return tuple(map(str, group.method.aux))


def weighting_of(group: Group, registry: Registry) -> Weighting:
    """Return the weighting of a group of candidates."""
    if group.method.weighting is None:
        return TargetAlone()
    return registry.weightings.build(group.method.weighting)


def _take_in(
    units: Sequence[OuterFold], group: Group, made: FitResults, tasks: Sequence[str]
) -> None:
    """Deal the rows of a stack out to the units: candidate by candidate, fold by fold."""
    history: dict[int, list[FitEpoch]] = {}
    for epoch in made.history:
        history.setdefault(epoch.fit, []).append(epoch)
    row = 0
    for candidate in group.candidates:
        for unit in units:
            rows = range(row, row + len(unit.fits))
            unit.take_in(candidate, made, rows, history, tasks)
            row = rows.stop
