"""What the trainer is given, and what it gives back: arrays, no files and no plugins' names."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from lnmbench.contracts import AuxTask


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuxInput:
    """An auxiliary task and its labels: targets (n,) or (n, …) with NaN where unknown.

    Heads of one name start alike in all networks of a seed; `head` is the task's own name unless
    another is given.
    """

    name: str
    task: AuxTask
    targets: Tensor
    head: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainableEncoder:
    """The last stages of an encoder, of which each fit trains a copy.

    `network` maps activations (m, …) to features (m, D); it is in eval mode and has the weights
    from which fits start. `activations` are its inputs for each slice, one view after the other:
    slice s of view v is row `v * len(activations) / views + rows[s]`. If the inputs are the images
    themselves, `augmentations` names their random changes during training
    (lnmbench.nets.data.augmentation).
    """

    network: nn.Module
    activations: Tensor
    rows: Tensor
    augmentations: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inputs:
    """What all fits of a method share.

    `slices` is (S, D), the features of every slice, case after case: those of case i are rows
    `offsets[i]:offsets[i + 1]`, at least one. None trains on clinical features alone. With
    `views` V, each training step draws one of V views for a case. View 0 is the unchanged one; the
    rows of view v start at v · S, in the trainable encoder's activations if there is one, else in
    `slices`. With a `trainable_encoder`, `slices` are the features of its initial weights. `target`
    is (n,) of 0 and 1. Raises `ValueError` if shapes or values are inconsistent.
    """

    target: Tensor
    aux: tuple[AuxInput, ...] = ()
    slices: Tensor | None = None
    offsets: Tensor | None = None
    views: int = 1
    trainable_encoder: TrainableEncoder | None = None
    target_name: str = "target"

    def __post_init__(self) -> None:
        n = len(self.target)
        _require(bool(((self.target == 0) | (self.target == 1)).all()), "target is not 0 and 1")
        names = [self.target_name, *(task.name for task in self.aux)]
        _require(len(set(names)) == len(names), f"task names repeat: {names}")
        for task in self.aux:
            _require(len(task.targets) == n, f"labels of {task.name!r} are not one a case")
        if self.slices is None:
            return
        _require(self.offsets is not None, "slices come without offsets")
        assert self.offsets is not None
        whole = len(self.offsets) == n + 1 and int(self.offsets[0]) == 0
        views = self.views if self.trainable_encoder is None else 1
        fit = whole and int(self.offsets[-1]) * views == len(self.slices)
        _require(fit, "offsets do not fit")
        if self.trainable_encoder is not None:
            fit = len(self.trainable_encoder.rows) == len(self.slices)
            fit = fit and len(self.trainable_encoder.activations) % self.views == 0
            _require(fit, "the trainable encoder's activations do not fit")
        _require(bool((self.offsets.diff() > 0).all()), "a case has no slices")
        _require(bool(torch.isfinite(self.slices).all()), "slice features are not finite")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """What differs between the K fits of a stack.

    `training`, `validation` and `predicted` are bool (K, n); `predicted` are the cases whose
    probabilities are wanted in the end. `clinical` is (K, n, C), imputed and scaled for each fit
    on its training cases. `learning_rate`, `weight_decay` and `dropout` are (K,), and
    `loss_weights` (K, tasks) with the target first; None takes the settings' value, or 1.

    Raises `ValueError` where a fit would validate on, or predict, a case that it trains on.
    """

    training: Tensor
    validation: Tensor
    predicted: Tensor
    clinical: Tensor
    seeds: tuple[int, ...]
    learning_rate: Tensor | None = None
    weight_decay: Tensor | None = None
    dropout: Tensor | None = None
    loss_weights: Tensor | None = None

    def __post_init__(self) -> None:
        shape = self.training.shape
        same = self.validation.shape == shape == self.predicted.shape
        _require(len(shape) == 2 and same, "training, validation and predicted differ in shape")
        _require(self.clinical.shape[:2] == shape, "clinical features are not (fits, cases, …)")
        _require(len(self.seeds) == shape[0], "there is not one seed a fit")
        _require(bool(self.training.any(1).all()), "a fit has no training cases")
        _require(bool(self.validation.any(1).all()), "a fit has no validation cases")
        seen_again = self.training & (self.validation | self.predicted)
        _require(not bool(seen_again.any()), "a fit is judged on cases that it trains on")
        _require(bool(torch.isfinite(self.clinical).all()), "clinical features are not finite")
        for name in ("learning_rate", "weight_decay", "dropout", "loss_weights"):
            given = getattr(self, name)
            _require(given is None or len(given) == shape[0], f"{name} is not one a fit")

    def __len__(self) -> int:
        return len(self.seeds)

    def select(self, chosen: Sequence[int]) -> Fits:
        """Return some of the fits, in the order asked for."""
        rows = list(chosen)
        names = (field.name for field in fields(self) if field.name != "seeds")
        given = {name: getattr(self, name) for name in names}
        tensors: dict[str, Any] = {
            name: None if own is None else own[rows] for name, own in given.items()
        }
        return replace(self, seeds=tuple(self.seeds[row] for row in rows), **tensors)


@dataclass(frozen=True, slots=True, kw_only=True)
class FitEpoch:
    """One epoch of one fit: mean losses of the target over its training and validation cases."""

    fit: int
    epoch: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitResults:
    """What K fits learned.

    `probabilities` maps a task's name to float64 (K, n, outputs), NaN for cases not asked for;
    the target has one output. `best_epoch` (the weights that predict) and `epochs` (trained in
    all) are int64 (K,), counted from one; `best_loss` is float64 (K,), the target's validation
    loss of the best epoch. A fit that never had a finite loss has best epoch 0, a loss of infinity
    and predicts NaN. `notes` are for the user.
    """

    probabilities: Mapping[str, NDArray[np.float64]]
    best_epoch: NDArray[np.int64]
    best_loss: NDArray[np.float64]
    epochs: NDArray[np.int64]
    history: tuple[FitEpoch, ...]
    notes: tuple[str, ...] = ()


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
