"""Auxiliary tasks behind the boundary."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast, get_args

import numpy as np

from lnmbench.contracts import AuxTask, ImageTask, OwnHead, TargetBased, Tunable
from lnmbench.records import Cohort, Label, find_labeled_cases
from lnmbench.registry.boundary.arrays import view_cohort, view_read_only
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.search_space import require_space
from lnmbench.registry.boundary.values import (
    Unexpected,
    describe,
    require_count,
    require_option,
    require_text,
    require_texts,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn
from lnmbench.registry.boundary.image_tasks import ImageTaskMixin
from lnmbench.registry.boundary.task_labels import CLASSES, require_targets

LABELS: tuple[Label, ...] = get_args(Label)
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
            return self._require_targets(value, len(cohort))

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

    def _require_targets(self, value: object, cases: int) -> NDArray[np.float64]:
        return require_targets(value, count=cases, kind=self.kind, outputs=self.outputs)

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

    _try_labels = _try


class TargetBasedMixin:
    """The labels of a plugin's auxiliary task that are made from those of the target."""

    _task: AuxTask
    _boundary: Boundary

    def bind_target(self, labels: NDArray[np.float64], kind: Label) -> AuxTask:
        """Return the task for the labels of a target.

        Parameters
        ----------
        labels, kind
            As in `lnmbench.contracts.TargetBased.bind_target`.
        """
        function = cast("TargetBased", self._task).bind_target
        bound = self._boundary.call(
            "bind_target", _require_task, function, view_read_only(labels), kind
        )
        return guard_task(bound, self._boundary)


class OwnHeadMixin:
    """The head of a plugin's auxiliary task."""

    _task: AuxTask
    _boundary: Boundary

    def head(self, features: int) -> nn.Module | None:
        """Return a module that maps the image features of cases to logits, None if linear."""
        function = cast("OwnHead", self._task).head
        return self._boundary.call("head", _require_head, function, features)


class TunableMixin:
    """The search space of a plugin's auxiliary task."""

    _task: AuxTask
    _boundary: Boundary

    def space(self) -> Mapping[str, Sequence[object]]:
        """Return values to try for some of its parameters."""
        return self._boundary.call("space", require_space, cast("Tunable", self._task).space)


_MIXINS: Sequence[tuple[type[object], type[object]]] = (
    (ImageTask, ImageTaskMixin),
    (OwnHead, OwnHeadMixin),
    (TargetBased, TargetBasedMixin),
    (Tunable, TunableMixin),
)
"""The part behind the boundary, by optional contract."""


def guard_task(task: AuxTask, boundary: Boundary) -> AuxTask:
    """Return a plugin's auxiliary task behind its boundary, with its optional contracts."""
    mixins = tuple(mixin for contract, mixin in _MIXINS if isinstance(task, contract))
    kind = type("GuardedTask", (*mixins, GuardedTask), {})
    return cast("AuxTask", kind(task, boundary))


def _require_task(value: object) -> AuxTask:
    if not isinstance(value, AuxTask):
        raise Unexpected("an auxiliary task", describe(value))
    return value


def _require_head(value: object) -> nn.Module | None:
    from torch import nn

    if value is None:
        return None
    if not isinstance(value, nn.Module):
        raise Unexpected("a torch.nn.Module or None", describe(value))
    if any(True for _ in value.buffers()):
        names = ", ".join(name for name, _ in value.named_buffers())
        raise Unexpected("a module without buffers", names[:60])
    return value.eval()
