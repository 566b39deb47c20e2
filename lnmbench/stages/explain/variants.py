"""Variants of cases: the same case with other slices, which trained networks predict as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits, ModalityInput
    from lnmbench.nets.inputs import AuxInput, Inputs, SliceInputs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Variants:
    """Variants of cases of a network.

    Attributes
    ----------
    sources
        The number of the case of each variant among those of the network, (V,).
    counts
        The number of slices of each variant, (V,).
    features
        The features of all these slices, variant after variant, float32 (R, D).
    activations
        What the trained stages of an encoder get of each slice, float32 (R, …); None for a frozen
        encoder.
    """

    sources: NDArray[np.int64]
    counts: NDArray[np.int64]
    features: NDArray[np.float32]
    activations: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.sources)

    def select(self, cases: Sequence[int]) -> tuple[NDArray[np.int64], Variants]:
        """Return the numbers of the variants of some cases, and these variants."""
        is_chosen = np.isin(self.sources, cases)
        rows = np.repeat(is_chosen, self.counts)
        activations = self.activations
        return np.flatnonzero(is_chosen), Variants(
            sources=self.sources[is_chosen],
            counts=self.counts[is_chosen],
            features=self.features[rows],
            activations=None if activations is None else activations[rows],
        )

    def average_slices(self) -> NDArray[np.float64]:
        """Return the features averaged over the slices of each variant, (V, D)."""
        bounds = np.concatenate([[0], np.cumsum(self.counts)])
        means = np.empty((len(self), self.features.shape[1]))
        for number, (start, stop) in enumerate(pairwise(bounds.tolist())):
            means[number] = self.features[start:stop].mean(axis=0, dtype=np.float64)
        return means


def join_variants(parts: Sequence[Variants]) -> Variants:
    """Return all variants, at least one part, in order."""
    activations = [part.activations for part in parts if part.activations is not None]
    return Variants(
        sources=np.concatenate([part.sources for part in parts]),
        counts=np.concatenate([part.counts for part in parts]),
        features=np.concatenate([part.features for part in parts]),
        activations=np.concatenate(activations) if activations else None,
    )


def add_variants(inputs: Inputs, variants: Variants) -> Inputs:
    """Return the inputs of a network with variants after its cases, without any label.

    Parameters
    ----------
    inputs
        The inputs, with images.
    variants
        The variants of the cases.
    """
    if inputs.slices is None:
        raise ValueError("a network without images has no variants of slices")
    before, added = inputs.slices, len(variants.features)
    aux = tuple(_without_labels(each, before, len(variants), added) for each in inputs.aux)
    target = _pad(inputs.target, len(variants), float("nan"))
    return replace(inputs, target=target, aux=aux, slices=_add_slices(before, variants))


def _without_labels(aux: AuxInput, before: SliceInputs, cases: int, added: int) -> AuxInput:
    """Return an auxiliary task without labels of further cases, its examples in the new rows."""
    targets, examples = _pad(aux.targets, cases, float("nan")), aux.examples
    if examples is not None:
        views = np.minimum(examples.rows // before.total, _feature_views(before))
        rows = np.where(examples.rows < 0, -1, examples.rows + views * added)
        examples = replace(examples, rows=rows)
    return replace(aux, targets=targets, examples=examples)


def _feature_views(slices: SliceInputs) -> int:
    """Return the number of views among the features: those of a trained encoder have one."""
    return 1 if slices.trainable_encoder is not None else slices.views


def _add_slices(slices: SliceInputs, variants: Variants) -> SliceInputs:
    """Return the slices followed by those of the variants, in every view."""
    import torch

    ends = slices.offsets[-1] + torch.from_numpy(np.cumsum(variants.counts))
    new = torch.from_numpy(variants.features)
    encoder, views = slices.trainable_encoder, _feature_views(slices)
    by_view = slices.features[: views * slices.total].view(views, slices.total, -1)
    parts = [torch.cat([view, new]) for view in by_view]
    features = torch.cat([*parts, slices.features[views * slices.total :]])
    if encoder is not None and variants.activations is not None:
        maps = torch.from_numpy(variants.activations)
        stored = len(encoder.activations) // slices.views
        stored_views = torch.split(encoder.activations, stored)
        encoder = replace(
            encoder,
            activations=torch.cat([part for view in stored_views for part in (view, maps)]),
            rows=torch.cat([encoder.rows, stored + torch.arange(len(maps))]),
        )
    return replace(
        slices,
        features=features,
        offsets=torch.cat([slices.offsets, ends]),
        trainable_encoder=encoder,
        key="",  # features that other methods do not have
    )


def add_variants_to_fits(fits: Fits, sources: NDArray[np.int64], tested: Tensor) -> Fits:
    """Return the fits with variants, which those predict that test the case of a variant.

    Parameters
    ----------
    fits
        The K fits.
    sources
        The number of the case of each variant, (V,).
    tested
        The cases that each fit tests, bool (K, n).
    """
    import torch

    index = torch.from_numpy(sources)
    count = len(sources)

    def extend(modality: ModalityInput) -> ModalityInput:
        features = torch.cat([modality.features, modality.features[:, index]], dim=1)
        return replace(
            modality,
            features=features,
            present=torch.cat([modality.present, modality.present[index]]),
        )

    return replace(
        fits,
        training=_pad(fits.training, count, False, dim=1),
        validation=_pad(fits.validation, count, False, dim=1),
        predicted=torch.cat([fits.predicted, tested[:, index]], dim=1),
        clinical=torch.cat([fits.clinical, fits.clinical[:, index]], dim=1),
        modalities=tuple(map(extend, fits.modalities)),
        prepared=None if fits.prepared is None else _pad(fits.prepared, count, False, dim=1),
    )


def _pad(values: Tensor, count: int, fill: float | bool, *, dim: int = 0) -> Tensor:
    """Return values with `count` more rows, or columns, of one value."""
    import torch

    shape = list(values.shape)
    shape[dim] = count
    return torch.cat([values, values.new_full(shape, fill)], dim=dim)
