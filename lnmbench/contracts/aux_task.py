"""Contracts of auxiliary tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from lnmbench.records import Cohort, EncodedImages, Examples, ImageInputs, Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn


TaskNeeds = Literal["labels", "images", "masks"]
"""Data that an auxiliary task learns from: columns of labels, the images alone, or masks.

The class or function that a plugin offers may have the attribute `needs`; by default `labels`. Of
a control, it has the attribute `control` (`lnmbench.records.Control`), by default `none`.
"""


@runtime_checkable
class AuxTask(Protocol):
    """A second label that is learned together with the target.

    `kind` and `outputs` are read after `targets`, so that they may depend on the cohort.
    """

    @property
    def title(self) -> str:
        """Description of the label."""

    @property
    def kind(self) -> Label:
        """Kind of the label; metrics of this kind score it."""

    @property
    def outputs(self) -> int:
        """Number of logits."""

    def targets(self, cohort: Cohort) -> NDArray[np.float64]:
        """Return (n,) or (n, …) float64, NaN if the label is unknown.

        Classes are numbers (n,), or (n, outputs) of 0 and 1 that mark the possible classes of a
        case; cases with several possible classes are learned, but not scored. A `multilabel` is
        (n, outputs) of 0, 1 and NaN: a case counts if any element is known. Of other kinds, all
        numbers of a case must be known.
        """

    def notes(self, cohort: Cohort) -> Sequence[str]:
        """Return notices for the user on how the labels follow from the cohort's columns."""

    def loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the unreduced loss of every case.

        Parameters
        ----------
        logits
            Logits (…, n, outputs), float32. Leading axes, if any, are the fits of a stack.
        targets
            Targets of the same cases, (…, n) or (…, n, …), float32, with 0 for unknown labels; the
            trainer excludes those cases from the mean. In a `multilabel`, an unknown element of a
            known case is NaN: exclude it by `torch.where` before the loss is computed. Targets of
            the kind `continuous` are standardized by the training cases of each fit, and their
            predictions are mapped back.

        Returns
        -------
        Tensor
            (…, n).
        """

    def probabilities(self, logits: Tensor) -> Tensor:
        """Return the predictions that are stored.

        Parameters
        ----------
        logits
            Logits (…, n, outputs), float32. Leading axes, if any, are the fits of a stack.

        Returns
        -------
        Tensor
            The shape of the logits, (…, n, outputs).
        """


@runtime_checkable
class ImageTask(Protocol):
    """An auxiliary task that learns from the images instead of labels; optional.

    Its `targets` are 1 for each case that has an example, else NaN. An example has one or more bags
    of encoded slices, turned slices or places, which the network maps as it maps the slices of a
    case; `loss` and `probabilities` get the logits of one example of each case.
    """

    @property
    def images(self) -> ImageInputs:
        """Images that it learns from in addition to the slices, if any."""

    def examples(self, images: EncodedImages) -> Examples:
        """Return the examples of all cases; a case may have any number of them, or none."""


@runtime_checkable
class TargetBased(Protocol):
    """An auxiliary task with labels made from those of the target; optional.

    Without a target, its labels are unknown.
    """

    def bind_target(self, labels: NDArray[np.float64], kind: Label) -> AuxTask:
        """Return the task for the labels of a target.

        Parameters
        ----------
        labels
            Labels of all cases of the cohort, (n,) or (n, outcomes), NaN for an unknown label and
            for a case outside of the plan. As of every task, those of training cases alone train.
        kind
            The kind of the labels.
        """


@runtime_checkable
class OwnHead(Protocol):
    """An auxiliary task with a head of its own instead of a linear one; optional."""

    def head(self, features: int) -> nn.Module | None:
        """Return a module that maps the image features of cases to logits (n, outputs).

        Its input is (n, features); for an `ImageTask`, (n, bags, features). Each fit starts from
        its parameters and trains its own; it must not have buffers or random numbers. It is called
        after `targets`; None for a linear head.
        """
