"""Auxiliary tasks behind the boundary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast, get_args

import numpy as np

from lnmbench.contracts import AuxTask, Tunable
from lnmbench.records import Cohort, Label, find_labeled_cases
from lnmbench.registry.boundary.arrays import require_array, view_cohort
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.search_space import require_space
from lnmbench.registry.boundary.values import (
    Unexpected,
    require_count,
    require_option,
    require_text,
    require_texts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

LABELS: tuple[Label, ...] = get_args(Label)
CLASSES: tuple[Label, ...] = ("ordinal", "nominal")
MOST_OUTPUTS = 100_000
_TRIED_CASES = 32


class GuardedTask:
    """An auxiliary task of a plugin.

    With its first targets, the loss and the predictions are tried on some known labels, so that a
    fault is found before anything is trained. Later calls check shapes only, which costs no time.

    Parameters
    ----------
    task
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, task: AuxTask, boundary: Boundary) -> None:
        from lnmbench.registry.boundary.tensors import runs_out_of_memory

        self._task, self._boundary = task, boundary
        self._in_training = replace(boundary, passes=runs_out_of_memory)
        self._tried = False

    @cached_property
    def title(self) -> str:
        """Description of the label."""
        return self._boundary.read("title", require_text, self._task)

    @cached_property
    def kind(self) -> Label:
        """Kind of the label."""
        check = partial(require_option, options=LABELS)
        return cast("Label", self._boundary.read("kind", check, self._task))

    @cached_property
    def outputs(self) -> int:
        """Number of logits."""
        check = partial(require_count, low=1, high=MOST_OUTPUTS)
        return self._boundary.read("outputs", check, self._task)

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) or (n, …) float64, NaN if the label is unknown."""

        def check(value: object) -> NDArray[np.float64]:
            # a task may take its kind and outputs from the dictionary of the cohort
            return _require_targets(value, count=len(cohort), kind=self.kind, outputs=self.outputs)

        view = view_cohort(cohort)
        targets = self._boundary.call("targets", check, self._task.targets, view)
        if not self._tried:
            self._try(targets)
            self._tried = True
        return targets

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""
        return self._boundary.call("notes", require_texts, self._task.notes, view_cohort(cohort))

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the unreduced loss of every case.

        Parameters
        ----------
        logits, targets
            As in `lnmbench.contracts.AuxTask.loss`.

        Returns
        -------
        Tensor
            (…, n).
        """
        from lnmbench.registry.boundary.tensors import require_tensor

        check = partial(require_tensor, shape=logits.shape[:-1], like=logits)
        return self._in_training.call("loss", check, self._task.loss, logits, targets)

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predictions that are stored.

        Parameters
        ----------
        logits
            As in `lnmbench.contracts.AuxTask.probabilities`.

        Returns
        -------
        Tensor
            The shape of the logits.
        """
        from lnmbench.registry.boundary import tensors

        def check(value: object) -> Tensor:
            predicted = tensors.require_tensor(value, shape=logits.shape, like=logits)
            if self.kind == "continuous":
                return tensors.require_predictions(predicted, logits)
            sums = self.kind in CLASSES and self.outputs > 1
            return tensors.require_probabilities(predicted, logits, sums=sums)

        return self._in_training.call("probabilities", check, self._task.probabilities, logits)

    def _try(self, targets: NDArray[np.float64]) -> None:
        """Call loss and predictions for two models and some known labels."""
        known = np.flatnonzero(find_labeled_cases(targets, self.kind))
        if not len(known):
            return
        # first the cases with unknown elements, which a loss may forget to exclude
        unknown = np.isnan(targets[known]).reshape(len(known), -1).any(axis=1)
        known = known[np.argsort(~unknown, kind="stable")]
        import torch

        from lnmbench.registry.boundary import tensors

        sample = torch.from_numpy(targets[known[:_TRIED_CASES]]).float()
        shape = (2, len(sample), self.outputs)
        logits = torch.linspace(-2, 2, math.prod(shape)).view(shape).requires_grad_()
        labels = torch.stack([sample, sample])  # (2, cases, …)

        def check(value: object) -> Tensor:
            losses = tensors.require_tensor(value, shape=shape[:-1], like=logits)
            return tensors.require_gradient(tensors.require_finite(losses), logits)

        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            self._boundary.call("loss", check, self._task.loss, logits, labels)
        self.probabilities(logits.detach())


class GuardedTunableTask(GuardedTask):
    """An auxiliary task of a plugin with parameters to search."""

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters."""
        return self._boundary.call("space", require_space, cast("Tunable", self._task).space)


def guard_task(task: AuxTask, boundary: Boundary) -> AuxTask:
    """Return a plugin's auxiliary task behind its boundary, with its search space if it has one."""
    kind = GuardedTunableTask if isinstance(task, Tunable) else GuardedTask
    return kind(task, boundary)


def _require_targets(
    value: object, *, count: int, kind: Label, outputs: int
) -> NDArray[np.float64]:
    axes = np.ndim(value) if isinstance(value, np.ndarray) else 1
    targets = require_array(value, shape=(count, *[None] * (axes - 1)), nan=True)
    known = targets[~np.isnan(targets)]
    if kind in CLASSES and targets.ndim == 1:
        wrong = known[(known != np.floor(known)) | (known < 0) | (known >= outputs)]
        allowed = f"classes from 0 to {outputs - 1}"
    elif kind == "continuous":
        wrong, allowed = known[:0], ""
    else:
        wrong, allowed = known[(known < 0) | (known > 1)], "numbers from 0 to 1"
        if kind != "mask":
            wrong, allowed = known[(known != 0) & (known != 1)], "0, 1 or NaN"
    if wrong.size:
        raise Unexpected(allowed, f"{wrong[0]:g}")
    if not (kind in CLASSES and targets.ndim == 1) and math.prod(targets.shape[1:]) != outputs:
        raise Unexpected(
            f"labels of {outputs} numbers for each case, one for each output",
            f"the shape {targets.shape}",
        )
    return targets
