"""Auxiliary tasks with a share of their labels, and negative controls with permuted labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import AuxTask, ImageTask, OwnHead
from lnmbench.records import Cohort, EncodedImages, Examples, ImageInputs, Label, find_labeled_cases

if TYPE_CHECKING:
    from torch import Tensor, nn
from lnmbench.stages.plan.kept_labels import choose_stratified
from lnmbench.stages.plan.task_options import TaskOptions


class RelabeledTask:
    """An auxiliary task that keeps a share of its labels, or permutes them at random, or both.

    With a share, the other labels do not train the network, but score it. The kept ones are
    stratified by class; those of a smaller share are among those of a larger one.

    With permuted labels it is a negative control: it keeps the number of parameters, the loss, the
    classes and their frequencies, and its labels carry no information about a case.

    One permutation serves all fits, as the task has one set of labels in all of them: the scores
    of task and controls are exchangeable if the labels carry nothing. A new permutation in each fit
    would average out what one set of labels does by chance, and make every task look special.

    Parameters
    ----------
    task
        The auxiliary task.
    options
        The share and the seeds; tasks that are known for the same cases are permuted alike.
    cases
        The positions in the cohort of the cases whose labels are chosen or permuted, by default
        all: labels of cases outside of the plan must not enter it.
    """

    def __init__(
        self, task: AuxTask, options: TaskOptions, cases: NDArray[np.int64] | None = None
    ) -> None:
        self._task, self._options, self._cases = task, options, cases
        changes = ", ".join(self._describe_changes())
        self.title = f"{task.title}, {changes}"

    @property
    def kind(self) -> Label:
        """The kind of the task's label."""
        return self._task.kind

    @property
    def outputs(self) -> int:
        """The task's number of logits."""
        return self._task.outputs

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the labels that train the network, NaN for those that are not kept."""
        targets = np.array(self._task.targets(cohort), dtype=np.float64)
        known = self._find_known(targets)
        is_kept = choose_stratified(
            targets[known], self._label_kind, self._options.keep, self._options.keep_seed
        )
        targets[known[~is_kept]] = np.nan
        if self._options.shuffled:
            order = np.random.default_rng(self._options.shuffled).permutation(known[is_kept])
            targets[known[is_kept]] = targets[order]
        return targets

    def scored_targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return the labels by which predictions are scored: permuted ones, or all of the task."""
        return self.targets(cohort) if self._options.shuffled else self._task.targets(cohort)

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return the notes of the task, and the number of labels that are kept or permuted."""
        if self._options.shuffled:
            return (f"aux {self.title}: negative control, its known labels are randomly permuted",)
        known = self._find_known(self._task.targets(cohort))
        trained = self._find_known(self.targets(cohort))
        note = f"aux {self.title}: {len(trained)} of {len(known)} known labels train the network"
        return (*self._task.notes(cohort), note)

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

    @property
    def _label_kind(self) -> Label:
        # the targets of a task that learns from images say which cases have examples
        return "binary" if isinstance(self._task, ImageTask) else self.kind

    def _describe_changes(self) -> Iterator[str]:
        if self._options.keep < 1.0:
            yield f"{100 * self._options.keep:.3g} % of the labels"
        if self._options.shuffled:
            yield "shuffled"

    def _find_known(self, targets: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the positions of the cases of the plan that have a label."""
        is_known = find_labeled_cases(targets, self._label_kind)
        if self._cases is not None:
            is_known &= np.isin(np.arange(len(targets)), self._cases)
        return np.flatnonzero(is_known)


class _RelabeledImages:
    """The examples of an auxiliary task that learns from images."""

    _task: AuxTask
    _options: TaskOptions

    @property
    def images(self) -> ImageInputs:
        """The task's images."""
        return cast("ImageTask", self._task).images

    def examples(self, images: EncodedImages) -> Examples:
        """Return the task's examples, with permuted targets if so chosen.

        If all targets are equal, as of pairs of one case, the last bags are permuted instead.
        """
        examples = cast("ImageTask", self._task).examples(images)
        if not self._options.shuffled:
            return examples
        order = np.random.default_rng(self._options.shuffled).permutation(len(examples))
        if (examples.targets != examples.targets[:1]).any():
            return replace(examples, targets=examples.targets[order])
        rows = np.concatenate([examples.rows[:, :-1], examples.rows[order, -1:]], axis=1)
        return replace(examples, rows=rows)


class _RelabeledHead:
    """The head of an auxiliary task that brings its own."""

    _task: AuxTask

    def head(self, features: int) -> nn.Module | None:
        """Return the task's head."""
        return cast("OwnHead", self._task).head(features)


def relabel(
    task: AuxTask, options: TaskOptions, cases: NDArray[np.int64] | None = None
) -> RelabeledTask:
    """Return a task with a share of its labels or with permuted ones, and its optional contracts.

    Parameters
    ----------
    task, options, cases
        As in `RelabeledTask`.
    """
    parts: list[type] = []
    if isinstance(task, ImageTask):
        parts.append(_RelabeledImages)
    if isinstance(task, OwnHead):
        parts.append(_RelabeledHead)
    kind = type("RelabeledTask", (*parts, RelabeledTask), {})
    return cast("RelabeledTask", kind(task, options, cases))
