"""Records of the trainer: inputs, fits and results, as arrays without files or plugin names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

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
        _require(consistent, "offsets do not match the slices")
        if encoder is not None:
            consistent = len(encoder.rows) == len(self.features) == rows
            consistent = consistent and len(encoder.activations) % self.views == 0
            _require(consistent, "the trainable encoder's activations do not match the slices")
        _require(bool((self.counts >= 0).all()) and self.total > 0, "no case has slices")
        # in blocks: for a whole array, torch needs another one and a half of its size
        blocks = torch.split(self.features, _ROWS)
        finite = all(bool(torch.isfinite(block).all()) for block in blocks)
        _require(finite, "slice features are not finite")

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
        _require(bool(((known == 0) | (known == 1)).all()), "target is not 0 and 1")
        names = [self.target_name, *(task.name for task in self.aux)]
        _require(len(set(names)) == len(names), f"task names repeat: {names}")
        for task in self.aux:
            _require(len(task.targets) == n, f"labels of {task.name!r} do not match the cases")
            if task.examples is not None:
                _require(self.slices is not None, f"examples of {task.name!r} need slices")
        if self.slices is not None:
            _require(len(self.slices.counts) == n, "offsets do not match the cases")
            unseen = ~self.slices.has_slices
            for task in self.aux:
                unknown = torch.isnan(task.targets[unseen].float())
                _require(bool(unknown.all()), f"{task.name!r} has labels of cases without slices")

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModalityInput:
    """The features of a modality other than the clinical one.

    Parameters
    ----------
    name
        The name of the modality, a name of a module of torch.
    features
        Features (K, n, W), standardized for each fit on its training cases.
    present
        Whether a case has the modality, bool (n,).
    """

    name: str
    features: Tensor
    present: Tensor

    def select(self, rows: Sequence[int]) -> ModalityInput:
        """Return the features of some of the fits."""
        return replace(self, features=self.features[list(rows)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PermutedInput:
    """A feature or a modality whose values are permuted among the tested cases.

    Parameters
    ----------
    columns
        The columns of the clinical features, or of the other modality; empty for all of that
        modality, with its presence.
    modality
        The number of the other modality; None for clinical features.
    images
        Whether it is the images.
    """

    columns: tuple[int, ...] = ()
    modality: int | None = None
    images: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Permutations:
    """Permutations of inputs among the cases that each fit tests.

    Parameters
    ----------
    tested
        The tested cases, bool (K, n).
    sources
        The case whose values each tested case gets, in each of P permutations, int64 (P, K, n).
    inputs
        The inputs.
    width
        The largest number of tested cases of a fit.
    """

    tested: Tensor
    sources: Tensor
    inputs: tuple[PermutedInput, ...]
    width: int

    def select(self, rows: Sequence[int]) -> Permutations:
        """Return the permutations of some of the fits."""
        chosen = list(rows)
        return replace(self, tested=self.tested[chosen], sources=self.sources[:, chosen])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fits:
    """The K fits of a stack: the data and settings in which they differ.

    Parameters
    ----------
    training, validation
        The cases of each part, bool (K, n).
    predicted
        The cases whose probabilities are part of the results, bool (K, n).
    clinical
        Clinical features (K, n, C), imputed and scaled for each fit on its training cases.
    modalities
        The features of other modalities.
    seeds
        The seed of each fit.
    learning_rate, weight_decay, dropout, feature_penalty
        The settings of each fit, (K,); None for the settings' value.
    loss_weights
        The weight of each task's loss, (K, tasks), the target's first; None for 1.
    prepared
        The cases by which features are standardized and projected, without labels, bool (K, n);
        None for the training cases. Fits with equal seeds and equal cases here have comparable
        image features, whatever cases they train on.
    permutations
        Those of inputs with which the fits predict again; None for none.

    Raises
    ------
    ValueError
        If a fit would validate on, or predict, a case on which it trains, or if shapes differ.
    """

    training: Tensor
    validation: Tensor
    predicted: Tensor
    clinical: Tensor
    seeds: tuple[int, ...]
    learning_rate: Tensor | None = None
    weight_decay: Tensor | None = None
    dropout: Tensor | None = None
    feature_penalty: Tensor | None = None
    loss_weights: Tensor | None = None
    modalities: tuple[ModalityInput, ...] = ()
    prepared: Tensor | None = None
    permutations: Permutations | None = None

    def __post_init__(self) -> None:
        shape = self.training.shape
        same = self.validation.shape == shape == self.predicted.shape
        _require(len(shape) == 2 and same, "training, validation and predicted differ in shape")
        _require(self.clinical.shape[:2] == shape, "clinical features are not (fits, cases, …)")
        _require(len(self.seeds) == shape[0], "seeds do not match the fits")
        _require(bool(self.training.any(1).all()), "a fit has no training cases")
        _require(bool(self.validation.any(1).all()), "a fit has no validation cases")
        leaked = self.training & (self.validation | self.predicted)
        _require(not bool(leaked.any()), "a fit is evaluated on cases on which it trains")
        _require(bool(torch.isfinite(self.clinical).all()), "clinical features are not finite")
        for each in self.modalities:
            same = each.features.shape[:2] == shape and len(each.present) == shape[1]
            _require(same, f"the features of {each.name} are not (fits, cases, …)")
            _require(bool(torch.isfinite(each.features).all()), f"{each.name} is not finite")
        rates = ("learning_rate", "weight_decay", "dropout", "feature_penalty", "loss_weights")
        for name in (*rates, "prepared"):
            values = getattr(self, name)
            _require(values is None or len(values) == shape[0], f"{name} does not match the fits")

    def __len__(self) -> int:
        return len(self.seeds)

    def select(self, indices: Sequence[int]) -> Fits:
        """Return some of the fits, in this order."""
        rows = list(indices)

        def select_rows(values: Tensor | None) -> Tensor | None:
            return None if values is None else values[rows]

        return Fits(
            training=self.training[rows],
            validation=self.validation[rows],
            predicted=self.predicted[rows],
            clinical=self.clinical[rows],
            modalities=tuple(each.select(rows) for each in self.modalities),
            seeds=tuple(self.seeds[row] for row in rows),
            learning_rate=select_rows(self.learning_rate),
            weight_decay=select_rows(self.weight_decay),
            dropout=select_rows(self.dropout),
            feature_penalty=select_rows(self.feature_penalty),
            loss_weights=select_rows(self.loss_weights),
            prepared=select_rows(self.prepared),
            permutations=None if self.permutations is None else self.permutations.select(rows),
        )

    @property
    def prepared_cases(self) -> Tensor:
        """Return the cases by which features are standardized and projected, bool (K, n)."""
        return self.training if self.prepared is None else self.prepared

    def per_fit(self, rates: Tensor | None, default: float) -> Tensor:
        """Return the rate of each fit.

        Parameters
        ----------
        rates
            The rate of each fit, (K,); None for the default.
        default
            The rate of every fit if `rates` is None.

        Returns
        -------
        Tensor
            (K,), float64.
        """
        if rates is None:
            return torch.full((len(self),), default, dtype=torch.float64)
        return rates.double()


@dataclass(frozen=True, slots=True, kw_only=True)
class FitEpoch:
    """One epoch of one fit: mean losses of the target over its training and validation cases."""

    fit: int
    epoch: int
    training_loss: float
    validation_loss: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FitResults:
    """Predictions and history of K fits.

    A fit that never had a finite loss has best epoch 0, a loss of infinity, and predicts NaN.

    Parameters
    ----------
    probabilities
        By task, float64 (K, n, outputs), NaN for cases that are not predicted; the target has one
        output for each outcome.
    best_epoch
        The epoch whose weights predict, counted from one, int64 (K,).
    best_loss
        The validation loss of the weights that predict, float64 (K,): that of the target, if fits
        learn it.
    epochs
        The number of epochs trained, int64 (K,).
    history
        The epochs of all fits.
    notes
        Notes for the user.
    image_features
        Of fits that learn tasks alone, the input of the heads, float64 (K, n, image_features), NaN
        for cases that are not predicted; None for other fits.
    permuted
        The target's probabilities for each permuted input, float64 (K, inputs, P, T, m), NaN after
        the tested cases of a fit; None without permutations.
    """

    probabilities: Mapping[str, NDArray[np.float64]]
    best_epoch: NDArray[np.int64]
    best_loss: NDArray[np.float64]
    epochs: NDArray[np.int64]
    history: tuple[FitEpoch, ...]
    notes: tuple[str, ...] = ()
    image_features: NDArray[np.float64] | None = None
    permuted: NDArray[np.float64] | None = None


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


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
