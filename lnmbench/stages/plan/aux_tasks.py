"""Auxiliary tasks of planned networks: their heads, notes and labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import AuxTask, ImageTask, TargetBased
from lnmbench.errors import UserError
from lnmbench.records import (
    AuxLabels,
    Choice,
    Cohort,
    Label,
    Plan,
    find_labeled_cases,
    strip_task_options,
)
from lnmbench.registry import Registry, Selection
from lnmbench.stages.plan.network_cases import network_positions
from lnmbench.stages.plan.relabeled_task import RelabeledTask, relabel
from lnmbench.stages.plan.task_options import read_task_options


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelSource:
    """Cases and target of a plan, from which labels of auxiliary tasks are made.

    `cases` are the positions in the cohort of the cases whose labels are chosen or permuted.
    `target` are the target's labels of all cases of the cohort, (n, …), NaN outside of the plan;
    `kind` is their kind, `multilabel` if the target has several outcomes.
    """

    cases: NDArray[np.int64]
    target: NDArray[np.float64]
    kind: Label = "binary"

    @classmethod
    def of_plan(cls, plan: Plan, cohort: Cohort) -> LabelSource:
        """Return the cases of a plan's networks, and its target."""
        labels = plan.truth if plan.outcomes is None else plan.outcomes.values
        target = np.full((len(cohort), *labels.shape[1:]), np.nan)
        target[cohort.positions(plan.ids)] = labels
        kind: Label = "binary" if plan.outcomes is None else "multilabel"
        return cls(cases=network_positions(plan, cohort), target=target, kind=kind)


def build_task(selection: Selection[AuxTask], source: LabelSource | None = None) -> AuxTask:
    """Return an auxiliary task, with a share of its labels or with permuted ones if so chosen.

    Parameters
    ----------
    selection
        The selection of the task.
    source
        The cases whose labels are chosen or permuted, by default all, and the target; without it, a
        task that is made from the target has no labels.
    """
    options = read_task_options(selection.bound)
    task = selection.build()
    if source is not None and isinstance(task, TargetBased):
        task = task.bind_target(source.target, source.kind)
    cases = None if source is None else source.cases
    return relabel(task, options, cases) if options.changes_labels else task


def build_tasks(
    choices: Sequence[Choice], registry: Registry, source: LabelSource | None = None
) -> tuple[AuxTask, ...]:
    """Return the auxiliary tasks of bound choices, in their order.

    Parameters
    ----------
    choices
        The bound choices.
    registry
        The plugins that offer the tasks.
    source
        As in `build_task`.
    """
    return tuple(build_task(registry.aux_tasks.select(choice), source) for choice in choices)


def head_names(choices: Sequence[Choice]) -> list[str]:
    """Return the name of each task's head, by which its initial weights are drawn.

    A negative control, and a task with a share of its labels or another weight, has the name of the
    task, so that all start with equal weights. In a network with several of these, each keeps its
    own name.
    """
    names = [str(strip_task_options(choice)) for choice in choices]
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
    kind = "binary" if isinstance(task, ImageTask) else task.kind
    if not find_labeled_cases(targets, kind).any():
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
        trained = np.asarray(task.targets(cohort), dtype=np.float64)[positions]
        if isinstance(task, ImageTask):
            yield _example_labels(name, task, trained)
            continue
        known = ~np.isnan(trained).reshape(len(trained), -1).all(axis=1)
        scored = task.scored_targets(cohort) if isinstance(task, RelabeledTask) else None
        targets = trained if scored is None else scored[positions]
        yield AuxLabels(
            task=name,
            title=task.title,
            kind=task.kind,
            known=int(known.sum()),
            values=_class_numbers(targets) if task.kind in ("ordinal", "nominal") else targets,
        )


def _example_labels(name: str, task: AuxTask, has_examples: NDArray[np.float64]) -> AuxLabels:
    """Return the labels of a task that learns from images, which come with its predictions."""
    one_number = task.kind in ("ordinal", "nominal") or task.outputs == 1
    shape = (len(has_examples),) if one_number else (len(has_examples), task.outputs)
    return AuxLabels(
        task=name,
        title=task.title,
        kind=task.kind,
        known=int((~np.isnan(has_examples)).sum()),
        values=np.full(shape, np.nan),
        from_examples=True,
    )


def _class_numbers(targets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return class numbers (n,), NaN for an unknown class and for several possible classes."""
    if targets.ndim == 1:
        return targets
    single = np.nansum(targets, axis=1) == 1
    return np.where(single, np.nan_to_num(targets).argmax(axis=1), np.nan)
