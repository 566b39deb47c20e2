"""Labels of auxiliary tasks: those of cases, and those of examples that cases have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.examples import ExampleSet, ExampleTargets, TargetScale
from lnmbench.nets.data.packing import ChosenExamples
from lnmbench.nets.losses import split_known_labels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.nets.data.batches import Batch
    from lnmbench.nets.fits import Fits
    from lnmbench.nets.inputs import AuxInput, Inputs


class TaskLabels:
    """The labels and examples of the auxiliary tasks of all fits.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits of the stack.
    device
        The device of the labels.
    attention
        Whether tokens attend to each other.
    """

    def __init__(
        self, inputs: Inputs, fits: Fits, device: torch.device, *, attention: bool
    ) -> None:
        self._aux, self._attention = inputs.aux, attention
        self._labels = [tuple(part.to(device) for part in _split_labels(aux)) for aux in inputs.aux]
        self._examples = _collect_examples(inputs, fits)
        self._example_targets = [
            None if aux.examples is None else ExampleTargets(aux.examples, device)
            for aux in inputs.aux
        ]
        self._scales = [_target_scale(aux, fits, device) for aux in inputs.aux]

    @property
    def sizes(self) -> list[int]:
        """Return the number of predicted values of each task, with the targets of examples."""
        return [
            aux.task.outputs + (0 if targets is None else targets.size)
            for aux, targets in zip(self._aux, self._example_targets, strict=True)
        ]

    def draw_examples(self, fits: Sequence[int]) -> ChosenExamples | None:
        """Return a random example of each case for some fits, None without such tasks."""
        if self._examples is None:
            return None
        return self._choose(self._examples, self._examples.draw(fits))

    def fixed_examples(self, fits: Sequence[int]) -> ChosenExamples | None:
        """Return the example by which each case is evaluated, None without such tasks."""
        if self._examples is None:
            return None
        return self._choose(self._examples, self._examples.evaluated(fits))

    def _choose(self, examples: ExampleSet, by_fit: Sequence[Tensor]) -> ChosenExamples:
        return ChosenExamples(examples=examples, by_fit=by_fit, attention=self._attention)

    def select(self, fits: Tensor, batch: Batch, task: int) -> tuple[Tensor, Tensor]:
        """Return the labels of an auxiliary task (k, B, …), and whether they count, (k, B).

        Parameters
        ----------
        fits
            The k fits, (k,).
        batch
            Their cases, with examples for the tasks that learn from images.
        task
            The number of the task.
        """
        of_cases, known = self._labels[task]
        labels, counted = of_cases[batch.cases], known[batch.cases] & batch.case_mask
        targets, scale = self._example_targets[task], self._scales[task]
        if targets is not None:
            examples = self._task_examples(batch, task)
            labels, counted = targets.select(examples), counted & (examples >= 0)
        return labels if scale is None else scale.standardize(fits, labels), counted

    def predict(self, fits: Tensor, batch: Batch, task: int, logits: Tensor) -> Tensor:
        """Return the predictions of a task (k, B, outputs), with the targets of examples.

        Parameters
        ----------
        fits
            The k fits, (k,).
        batch
            Their cases, with examples for the tasks that learn from images.
        task
            The number of the task.
        logits
            Its logits, (k, B, outputs).
        """
        predicted, scale = self._aux[task].task.probabilities(logits), self._scales[task]
        if scale is not None:
            predicted = scale.restore(fits, predicted)
        targets = self._example_targets[task]
        if targets is not None:
            examples = self._task_examples(batch, task)
            predicted = torch.cat([predicted, targets.flatten(examples)], dim=2)
            predicted = torch.where((examples >= 0).unsqueeze(2), predicted, torch.nan)
        return predicted

    def _task_examples(self, batch: Batch, task: int) -> Tensor:
        """Return the example of each case for an auxiliary task with examples, (k, B)."""
        if batch.examples is None:
            raise ValueError("a batch has no examples for a task that learns from images")
        with_examples = [targets is not None for targets in self._example_targets]
        return batch.examples[sum(with_examples[:task])]


def _collect_examples(inputs: Inputs, fits: Fits) -> ExampleSet | None:
    tasks = [aux.examples for aux in inputs.aux if aux.examples is not None]
    if inputs.slices is None or not tasks:
        return None
    return ExampleSet(tasks, inputs.slices.offsets, fits.seeds)


def _target_scale(aux: AuxInput, fits: Fits, device: torch.device) -> TargetScale | None:
    """Return the scale of the labels of an auxiliary task, None if they are not continuous."""
    if aux.task.kind != "continuous":
        return None
    if aux.examples is None:
        return TargetScale(aux.targets, fits.training, device)
    case = torch.from_numpy(aux.examples.case)
    return TargetScale(torch.from_numpy(aux.examples.targets), fits.training[:, case], device)


def _split_labels(aux: AuxInput) -> tuple[Tensor, Tensor]:
    """Return an auxiliary task's labels (n, …), and whether each case has one, bool (n,)."""
    return split_known_labels(aux.targets.float(), partial=aux.task.kind == "multilabel")
