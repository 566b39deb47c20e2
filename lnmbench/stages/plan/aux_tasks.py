"""Auxiliary tasks as they are asked for, their shuffled controls, and the labels to score them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import AuxTask
from lnmbench.records import SHUFFLED, AuxLabels, Choice, Cohort, Method, unshuffle
from lnmbench.registry import Registry


class Shuffled:
    """An auxiliary task whose labels are dealt out anew among the cases that have one.

    A control: all that the task brings is there, the number of parameters, the loss, the classes
    and how frequent they are; what the labels say of a case is not.
    """

    def __init__(self, task: AuxTask, seed: int) -> None:
        self._task = task
        self._seed = seed
        self.title = f"{task.title}, shuffled"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._task, name)

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the task's targets with the rows of known labels in another order."""
        targets = np.array(self._task.targets(cohort), dtype=np.float64)
        known = np.flatnonzero(~np.isnan(targets).reshape(len(targets), -1).any(axis=1))
        order = np.random.default_rng(self._seed).permutation(known)
        targets[known] = targets[order]
        return targets

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Say that the labels are shuffled."""
        return (f"aux {self.title}: a control, its labels are dealt out at random",)


def aux_task(choice: Choice, registry: Registry) -> AuxTask:
    """Return the auxiliary task of a choice; its control with `shuffled` other than 0."""
    task = registry.aux_tasks.build(choice)
    seed = int(str(choice.parameters.get(SHUFFLED, 0)))
    return cast("AuxTask", Shuffled(task, seed)) if seed else task


def heads(choices: Sequence[Choice]) -> list[str]:
    """Return the names of the tasks' heads: a control's is its task's, so that both start alike.

    Where a task stands beside its own control, each keeps its own.
    """
    plain = [str(unshuffle(choice)) for choice in choices]
    return plain if len(set(plain)) == len(plain) else [str(choice) for choice in choices]


def aux_labels(
    methods: Sequence[Method], cohort: Cohort, at: NDArray[np.int64], registry: Registry
) -> Iterator[AuxLabels]:
    """Yield what each auxiliary task of the methods should predict, for the cases `at` (n,)."""
    choices = {str(choice): choice for method in methods for choice in method.aux}
    for name, choice in choices.items():
        task = aux_task(choice, registry)
        targets = np.asarray(task.targets(cohort), dtype=np.float64)[at]
        known = ~np.isnan(targets).reshape(len(targets), -1).all(axis=1)
        yield AuxLabels(
            task=name,
            title=task.title,
            kind=task.kind,
            known=int(known.sum()),
            values=_scored(targets) if task.kind in ("ordinal", "nominal") else targets,
        )


def _scored(targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """The numbers of classes (n,), NaN where a case may be several, or its class is unknown."""
    if targets.ndim == 1:
        return targets
    one = np.nansum(targets, axis=1) == 1
    return np.where(one, np.nan_to_num(targets).argmax(axis=1), np.nan)
