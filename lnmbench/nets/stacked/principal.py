"""Tokens from the principal components of the features, for each fit by its own training cases.

A trained projection of D features to `token_dim` has tens of thousands of weights, more than a
cohort can determine. The components are found without labels, so a method with an auxiliary task
and the same method without it start from equal tokens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.packing import TokenPacking
    from lnmbench.nets.data.standardization import SliceFeatures
    from lnmbench.nets.stacked.active_fits import StackState

OUTLIER = 5.0


def principal_components(cases: Tensor, width: int) -> Tensor:
    """Return projections to the principal components of some cases (Pearson 1901), (width, D).

    All components have the same scale, so that they keep their relative variances: a network that
    learns at one rate learns the strong components first. The largest element of a component is
    positive.

    Parameters
    ----------
    cases
        Standardized features (m, D), averaged over the slices of each case.
    width
        The number of components. Those beyond the rank of the cases are zero; the variances of
        the others have a mean of 1 over these cases.
    """
    centered = (cases - cases.mean(0)).double()
    m, dim = centered.shape
    gram = centered @ centered.mT if m <= dim else centered.mT @ centered
    values, vectors = torch.linalg.eigh(gram)  # in ascending order
    count = min(width, len(values))
    values, vectors = values.flip(0)[:count], vectors.flip(1)[:, :count]
    count = int((values > 1e-9 * values[0].clamp(min=1e-9)).sum())
    values, vectors = values[:count], vectors[:, :count]
    components = vectors.mT if m > dim else (vectors.mT @ centered) / values.sqrt()[:, None]
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))  # (count, 1)
    components = components * largest.sign()
    scaled = torch.zeros(width, dim, dtype=torch.float64)
    if count:
        scaled[:count] = components / (values.mean() / m).sqrt()
    return scaled.float()


def clip_outliers(standardized: Tensor) -> Tensor:
    """Return standardized features within ±5 deviations.

    An output of a rectifier that is zero in nearly all training slices has a deviation close to
    zero, and values of thousands of deviations in other slices.
    """
    return standardized.clamp(-OUTLIER, OUTLIER)


def average_by_case(slices: Tensor, offsets: Tensor) -> Tensor:
    """Return the mean over the slices of each case, (n, D).

    Parameters
    ----------
    slices
        Features (S, D), case after case.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    """
    counts = offsets.diff().to(slices.device)
    case = torch.repeat_interleave(torch.arange(len(counts), device=slices.device), counts)
    sums = slices.new_zeros(len(counts), slices.shape[1])
    sums.index_add_(0, case, slices[: len(case)])
    return sums / counts[:, None]


class PrincipalTokens:
    """A `TokenEmbedder` without parameters: tokens are principal components of frozen features.

    They are computed once. Fits with equal training cases share them.

    Parameters
    ----------
    features
        The features of all slices.
    training
        The training cases of each fit, bool (K, n), with those of other views.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i in the first view, from which
        the components are computed, (n + 1,).
    width
        The number of components.
    """

    prefixes: tuple[str, ...] = ()

    def __init__(
        self, features: SliceFeatures, training: Tensor, *, offsets: Tensor, width: int
    ) -> None:
        parts, self._part_of_fit = torch.unique(training, dim=0, return_inverse=True)
        self._part_of_fit = self._part_of_fit.to(features.values.device)
        values = features.values
        mean, gain = features.standardization(parts)
        self._tokens = values.new_empty(len(parts), len(values), width)
        for i, part in enumerate(parts):
            slices = clip_outliers((values - mean[i]) * gain[i])  # (S, D)
            means = average_by_case(slices, offsets)[part[: len(offsets) - 1].to(values.device)]
            components = principal_components(means.cpu(), width).to(values)
            torch.mm(slices, components.mT, out=self._tokens[i])  # (S, width)

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Do nothing: there are no parameters."""

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        """Return tokens (k, P, width).

        Parameters
        ----------
        state
            The k fits.
        packing
            The positions of the tokens.
        training
            Ignored: tokens are the same in training and evaluation.
        """
        fits = torch.as_tensor(state.fits, device=self._tokens.device)
        rows = self._part_of_fit[fits].unsqueeze(1)  # (k, 1)
        tokens = self._tokens[rows, packing.slice_rows]  # (k, P, width)
        return tokens.mul_(packing.token_mask.unsqueeze(2))

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Do nothing: there are no parameters."""
