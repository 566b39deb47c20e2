"""Auxiliary tasks of planned networks: negative controls, heads, notes and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import AuxTask
from lnmbench.errors import UserError
from lnmbench.records import (
    SHUFFLED,
    AuxLabels,
    Choice,
    Cohort,
    Label,
    find_labeled_cases,
    unshuffle,
)
from lnmbench.registry import Registry, Selection

if TYPE_CHECKING:
    from torch import Tensor


class PermutedTask:
    """A negative control: an auxiliary task whose known labels are randomly permuted.

    It keeps the number of parameters, the loss, the classes and their frequencies. Its labels
    carry no information about a case.

    One permutation serves all fits, as the task has one set of labels in all of them: the scores
    of task and controls are exchangeable if the labels carry nothing. A new permutation in each fit
    would average out what one set of labels does by chance, and make every task look special.

    Parameters
    ----------
    task
        The auxiliary task.
    seed
        The seed of the permutation; tasks that are known for the same cases are permuted alike.
    cases
        The positions in the cohort of the cases that exchange labels, by default all: labels of
        cases outside of the plan must not enter it.
    """

    def __init__(self, task: AuxTask, seed: int, cases: NDArray[np.int64] | None = None) -> None:
        self._task = task
        self._seed = seed
        self._cases = cases
        self.title = f"{task.title}, shuffled"

    @property
    def kind(self) -> Label:
        """The kind of the task's label."""
        return self._task.kind

    @property
    def outputs(self) -> int:
        """The task's number of logits."""
        return self._task.outputs

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the task's targets with the rows of known labels in another order."""
        targets = np.array(self._task.targets(cohort), dtype=np.float64)
        is_known = find_labeled_cases(targets, self.kind)
        if self._cases is not None:
            is_known &= np.isin(np.arange(len(targets)), self._cases)
        known = np.flatnonzero(is_known)
        order = np.random.default_rng(self._seed).permutation(known)
        targets[known] = targets[order]
        return targets

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return the note that the labels are permuted."""
        return (f"aux {self.title}: negative control, its known labels are randomly permuted",)

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the task's loss of every case.

        Parameters
        ----------
        logits, targets
            As in `lnmbench.contracts.AuxTask.loss`.

        Returns
        -------
        Tensor
            (…, n).
        """
        return self._task.loss(logits, targets)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the task's predictions.

        Parameters
        ----------
        logits
            As in `lnmbench.contracts.AuxTask.probabilities`.

        Returns
        -------
        Tensor
            The shape of the logits.
        """
        return self._task.probabilities(logits)


def build_task(selection: Selection[AuxTask], cases: NDArray[np.int64] | None = None) -> AuxTask:
    """Return an auxiliary task, or its negative control with `shuffled` other than 0.

    `cases` are the positions of the cases among which a control permutes labels, by default all.
    """
    task = selection.build()
    seed = int(str(selection.bound.parameters.get(SHUFFLED, 0)))
    return PermutedTask(task, seed, cases) if seed else task


def build_tasks(
    choices: Sequence[Choice], registry: Registry, cases: NDArray[np.int64] | None = None
) -> tuple[AuxTask, ...]:
    """Return the auxiliary tasks of bound choices, in their order.

    Parameters
    ----------
    choices
        The bound choices.
    registry
        The plugins that offer the tasks.
    cases
        As in `build_task`.
    """
    return tuple(build_task(registry.aux_tasks.select(choice), cases) for choice in choices)


def head_names(choices: Sequence[Choice]) -> list[str]:
    """Return the name of each task's head, by which its initial weights are drawn.

    A negative control has the name of its task, so that both start with equal weights. In a
    network that has a task and its own control, each keeps its own name.
    """
    names = [str(unshuffle(choice)) for choice in choices]
    return names if len(set(names)) == len(names) else [str(choice) for choice in choices]


def refuse_labels(name: str, task: AuxTask, cohort: Cohort) -> None:
    """Raise `UserError` for a task without any label in a cohort, or with labels of a wrong shape.

    Parameters
    ----------
    name
        The name of the task, as the user writes it.
    task
        The auxiliary task.
    cohort
        The cohort that is to be learned from.
    """
    targets = task.targets(cohort)
    if len(targets) != len(cohort):
        raise UserError(
            f"aux task {name} returns labels of shape {targets.shape}",
            expected=f"({len(cohort)}, …)",
        )
    if not find_labeled_cases(targets, task.kind).any():
        raise UserError(
            f"aux task {name} has no label in cohort {cohort.name}",
            then="choose another --aux, or --aux none",
        )


def list_notes(tasks: Mapping[str, AuxTask], cohort: Cohort) -> list[str]:
    """Return the notes of auxiliary tasks on their labels, each line once."""
    return list(dict.fromkeys(note for task in tasks.values() for note in task.notes(cohort)))


def list_labels(
    tasks: Mapping[str, AuxTask], cohort: Cohort, positions: NDArray[np.int64]
) -> Iterator[AuxLabels]:
    """Yield the labels of auxiliary tasks, by which their predictions are scored.

    Parameters
    ----------
    tasks
        The tasks by their bound choice as text.
    cohort
        The cohort that has the labels.
    positions
        (n,), the positions of the plan's cases in the cohort.
    """
    for name, task in tasks.items():
        targets = np.asarray(task.targets(cohort), dtype=np.float64)[positions]
        known = ~np.isnan(targets).reshape(len(targets), -1).all(axis=1)
        yield AuxLabels(
            task=name,
            title=task.title,
            kind=task.kind,
            known=int(known.sum()),
            values=_class_numbers(targets) if task.kind in ("ordinal", "nominal") else targets,
        )


def _class_numbers(targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return class numbers (n,), NaN for an unknown class and for several possible classes."""
    if targets.ndim == 1:
        return targets
    single = np.nansum(targets, axis=1) == 1
    return np.where(single, np.nan_to_num(targets).argmax(axis=1), np.nan)
