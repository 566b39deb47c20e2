"""Inputs that all fits of a method share: slices, labels and auxiliary tasks, as tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lnmbench.contracts import AuxTask
    from lnmbench.records import Examples, Training

_ROWS = 4096
"""Slices whose features are checked at once."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxInput:
    """An auxiliary task and its labels.

    Parameters
    ----------
    name
        The name of the task in the results.
    task
        The task.
    targets
        Labels (n,) or (n, …), NaN if unknown.
    head
        The name of the task's head; empty for the name of the task. Heads of one name have the
        same initial values in all networks of a seed.
    examples
        The examples of a task that learns from images; None for a task that learns from labels.
    head_module
        The head, which maps image features (n, image_features) to outputs (n, outputs), for
        examples (n, bags, image_features); None for a linear head. Each fit starts from its
        parameters.
    """

    name: str
    task: AuxTask
    targets: Tensor
    head: str = ""
    examples: Examples | None = None
    head_module: nn.Module | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainableEncoder:
    """The last stages of an encoder, of which each fit trains a copy.

    Parameters
    ----------
    network
        Maps activations (m, …) to features (m, D); in eval mode, with pretrained weights.
    activations
        The network's inputs for each slice, one view after the other: slice s of view v is row
        `v * len(activations) / views + rows[s]`.
    rows
        The row of each slice in view 0, (S,).
    augmentations
        The kinds of random changes during training, if the inputs are the images themselves
        (`lnmbench.nets.data.augmentation.KINDS`).
    """

    network: nn.Module
    activations: Tensor
    rows: Tensor
    augmentations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SliceInputs:
    """The slices of all cases, as features and, for a trainable encoder, as its inputs.

    Parameters
    ----------
    features
        The features of every slice, (S, D), case after case; with a `trainable_encoder`, those of
        its pretrained weights.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, none if it has no images;
        (n + 1,).
    views
        The number of versions of each slice, V; training draws one for each case. View 0 is the
        unchanged one, and the rows of view v start at v · S: among the trainable encoder's
        activations if there is one, else among the features.
    others
        The number of rows of the features after those of all views: places and turned slices, of
        which examples of auxiliary tasks consist.
    trainable_encoder
        The stages of the encoder that each fit trains; None for a frozen encoder.
    key
        The name of the features and their cases: methods with equal keys share what is computed
        from them. Empty to share nothing.

    Raises
    ------
    ValueError
        If shapes or values are inconsistent.
    """

    features: Tensor
    offsets: Tensor
    views: int = 1
    others: int = 0
    trainable_encoder: TrainableEncoder | None = None
    key: str = ""

    def __post_init__(self) -> None:
        encoder = self.trainable_encoder
        rows = self.total if encoder is not None else self.total * self.views
        consistent = int(self.offsets[0]) == 0 and rows + self.others == len(self.features)
        require(consistent, "offsets do not match the slices")
        if encoder is not None:
            consistent = len(encoder.rows) == len(self.features) == rows
            consistent = consistent and len(encoder.activations) % self.views == 0
            require(consistent, "the trainable encoder's activations do not match the slices")
        require(bool((self.counts >= 0).all()) and self.total > 0, "no case has slices")
        # in blocks: for a whole array, torch needs another one and a half of its size
        blocks = torch.split(self.features, _ROWS)
        finite = all(bool(torch.isfinite(block).all()) for block in blocks)
        require(finite, "slice features are not finite")

    @property
    def counts(self) -> Tensor:
        """Return the number of slices of each case, (n,)."""
        return self.offsets.diff()

    @property
    def has_slices(self) -> Tensor:
        """Return whether a case has slices, bool (n,)."""
        return self.counts > 0

    @property
    def total(self) -> int:
        """Return the number of slices of a view."""
        return int(self.offsets[-1])

    @property
    def dim(self) -> int:
        """Return the number of features of a slice."""
        return self.features.shape[1]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """The data that all fits of a method share.

    Parameters
    ----------
    target
        Labels 0 and 1, NaN if unknown: (n,), or (n, m) for a target with m outcomes. A case without
        a known outcome can only train the tasks. If all are unknown, fits learn the tasks alone:
        the sum of their losses stops a fit.
    aux
        The auxiliary tasks with their labels, which are NaN for cases without slices
        (`forget_labels`) if there are slices.
    slices
        The slices of the cases; None to train on clinical features alone.
    target_name
        The name of the target in the results.
    ordered
        Whether each outcome implies the ones before it, as the cut points of ordered classes do.

    Raises
    ------
    ValueError
        If shapes or values are inconsistent.
    """

    target: Tensor
    aux: tuple[AuxInput, ...] = ()
    slices: SliceInputs | None = None
    target_name: str = "target"
    ordered: bool = False

    def __post_init__(self) -> None:
        n = len(self.target)
        known = self.target[~torch.isnan(self.target)]
        require(bool(((known == 0) | (known == 1)).all()), "target is not 0 and 1")
        names = [self.target_name, *(task.name for task in self.aux)]
        require(len(set(names)) == len(names), f"task names repeat: {names}")
        for task in self.aux:
            require(len(task.targets) == n, f"labels of {task.name!r} do not match the cases")
            if task.examples is not None:
                require(self.slices is not None, f"examples of {task.name!r} need slices")
        if self.slices is not None:
            require(len(self.slices.counts) == n, "offsets do not match the cases")
            unseen = ~self.slices.has_slices
            for task in self.aux:
                unknown = torch.isnan(task.targets[unseen].float())
                require(bool(unknown.all()), f"{task.name!r} has labels of cases without slices")

    @property
    def outcomes(self) -> int:
        """Return the number of outcomes of the target."""
        return 1 if self.target.dim() == 1 else self.target.shape[1]

    @property
    def has_target(self) -> bool:
        """Return whether the target of any case is known."""
        return not bool(torch.isnan(self.target).all())

    @property
    def trains_encoder(self) -> bool:
        """Return whether stages of the encoder train with the network."""
        return self.slices is not None and self.slices.trainable_encoder is not None


def forget_labels(aux: Sequence[AuxInput], has_slices: Tensor) -> tuple[AuxInput, ...]:
    """Return auxiliary tasks without the labels of cases that have no slices.

    Parameters
    ----------
    aux
        The tasks, which learn from image features alone.
    has_slices
        Whether a case has slices, bool (n,).
    """
    if bool(has_slices.all()):
        return tuple(aux)

    def forget(targets: Tensor) -> Tensor:
        shape = (-1, *[1] * (targets.dim() - 1))
        return torch.where(has_slices.view(shape), targets, torch.nan)  # (n, …)

    return tuple(replace(task, targets=forget(task.targets)) for task in aux)


def longest_bag(inputs: Inputs) -> int:
    """Return the largest number of rows of a bag of an example, 0 without examples."""
    return max((task.examples.rows.shape[2] for task in inputs.aux if task.examples), default=0)


def has_case_tokens(inputs: Inputs, settings: Training) -> bool:
    """Return whether a token is a case and not a slice.

    Without layers before it, the mean of a case's tokens depends on nothing that is trained if the
    encoder is frozen and the projection fixed. Another pooling and examples need the slices.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    settings
        The settings of the network.
    """
    fixed = settings.projection == "principal" and settings.token_dim is not None
    no_examples = all(task.examples is None for task in inputs.aux)
    averages = settings.layers == 0 and settings.pooling == "mean"
    return fixed and averages and not inputs.trains_encoder and no_examples


def require(condition: bool, message: str) -> None:
    """Raise `ValueError` with the message unless the condition holds."""
    if not condition:
        raise ValueError(message)
