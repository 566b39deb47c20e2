"""Fits of a stack: the data and settings in which they differ, as tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.inputs import require

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        require(len(shape) == 2 and same, "training, validation and predicted differ in shape")
        require(self.clinical.shape[:2] == shape, "clinical features are not (fits, cases, …)")
        require(len(self.seeds) == shape[0], "seeds do not match the fits")
        require(bool(self.training.any(1).all()), "a fit has no training cases")
        require(bool(self.validation.any(1).all()), "a fit has no validation cases")
        leaked = self.training & (self.validation | self.predicted)
        require(not bool(leaked.any()), "a fit is evaluated on cases on which it trains")
        require(bool(torch.isfinite(self.clinical).all()), "clinical features are not finite")
        for each in self.modalities:
            same = each.features.shape[:2] == shape and len(each.present) == shape[1]
            require(same, f"the features of {each.name} are not (fits, cases, …)")
            require(bool(torch.isfinite(each.features).all()), f"{each.name} is not finite")
        rates = ("learning_rate", "weight_decay", "dropout", "feature_penalty", "loss_weights")
        for name in (*rates, "prepared"):
            values = getattr(self, name)
            require(values is None or len(values) == shape[0], f"{name} does not match the fits")

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
