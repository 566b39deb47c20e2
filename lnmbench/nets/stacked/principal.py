"""Tokens from the principal components of the features, for each fit by its own training cases.

A trained projection of D features to `token_dim` has tens of thousands of weights, more than a
cohort can determine. The components are found without labels, so a method with an auxiliary task
and the same method without it start from equal tokens.
"""

from __future__ import annotations

from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.data.standardization import split_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.data.standardization import SliceFeatures
    from lnmbench.nets.stacked.active_fits import StackState

OUTLIER = 5.0
SHARED_BYTES = 1 << 30
"""The largest number of bytes of the tokens that methods share: 500 fits of 8000 cases × 64.

Repeats follow each other within a method, so each method computes tokens that do not all fit.
"""


def principal_components(cases: Tensor, width: int) -> Tensor:
    """Return projections to the principal components of some cases (Pearson 1901), (width, D).

    All components have the same scale, so that they keep their relative variances: a network that
    learns at one rate learns the strong components first. The largest element of a component is
    positive.

    Parameters
    ----------
    cases
        Standardized features (m, D), averaged over the slices of each case; may be empty.
    width
        The number of components. Those beyond the rank of the cases are zero; the variances of
        the others have a mean of 1 over these cases.
    """
    if not len(cases):
        return cases.new_zeros(width, cases.shape[1])
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


def standardize(values: Tensor, mean: Tensor, gain: Tensor) -> Tensor:
    """Return standardized features within ±5 deviations.

    An output of a rectifier that is zero in nearly all training slices has a deviation close to
    zero, and values of thousands of deviations in other slices.

    Parameters
    ----------
    values
        Features (S, D).
    mean, gain
        Mean and inverse deviation of each feature, (D,).
    """
    return torch.addcmul(-mean * gain, values, gain).clamp_(-OUTLIER, OUTLIER)


def average_cases(values: Tensor, offsets: Tensor, mean: Tensor, gain: Tensor) -> Tensor:
    """Return the mean of the standardized slices of each case, (n, D); 0 without slices.

    Parameters
    ----------
    values
        Features (S, D), case after case.
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, (n + 1,).
    mean, gain
        As in `standardize`.
    """
    on_cpu = values.device.type == "cpu"
    sums = values.new_zeros(len(offsets) - 1, values.shape[1])
    for cases, rows, case in split_cases(offsets, values.shape[1], on_cpu=on_cpu):
        sums[cases].index_add_(0, case.to(values.device), standardize(values[rows], mean, gain))
    return sums.div_(offsets.diff().clamp(min=1).to(values.device)[:, None])


class PrincipalTokens:
    """A `TokenEmbedder` without parameters: tokens are principal components of frozen features.

    They are computed once. Fits with equal training cases share them, also those of other methods
    on the same features.

    Parameters
    ----------
    features
        The features of all slices, one view after the other.
    training
        The training cases of each fit, bool (K, n), all of the first view.
    width
        The number of components.
    averaged
        Whether a token is the mean over the slices of a case; otherwise each slice is a token.
    threads
        The number of CPU cores that compute them.
    """

    prefixes: tuple[str, ...] = ()

    def __init__(
        self,
        features: SliceFeatures,
        training: Tensor,
        *,
        width: int,
        averaged: bool,
        threads: int = 1,
    ) -> None:
        parts, self._part_of_fit = torch.unique(training, dim=0, return_inverse=True)
        self._part_of_fit = self._part_of_fit.to(features.values.device)
        mean, gain = features.standardization(parts)

        def get(part: Tensor, part_mean: Tensor, part_gain: Tensor) -> Tensor:
            device = str(features.values.device)
            name = (features.key, device, width, averaged, part.numpy().tobytes())
            compute = partial(
                _compute_tokens, features, part, part_mean, part_gain, width, averaged
            )
            return _SHARED.get(name, compute) if features.key else compute()

        # each core computes by itself, as stacks of fits do
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            tokens = list(pool.map(get, parts, mean, gain))
        self._tokens = torch.stack(tokens)  # (parts, cases or slices, width)

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
        rows = self._part_of_fit[state.rows].unsqueeze(1)  # (k, 1)
        tokens = self._tokens[rows, packing.slice_rows]  # (k, P, width)
        return tokens.mul_(packing.token_mask.unsqueeze(2))

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Do nothing: there are no parameters."""


def _compute_tokens(
    features: SliceFeatures,
    training: Tensor,
    mean: Tensor,
    gain: Tensor,
    width: int,
    averaged: bool,
) -> Tensor:
    """Return the tokens of fits with these training cases: of cases, or of slices."""
    values, offsets = features.values, features.offsets
    n = len(training)
    means = average_cases(values, offsets[: n + 1], mean, gain)
    training = training & (offsets[: n + 1].diff() > 0)
    components = principal_components(means[training.to(means.device)].cpu(), width).to(means)
    if averaged:
        return means @ components.mT
    tokens = values.new_empty(len(values), width)
    on_cpu = values.device.type == "cpu"
    for _, rows, _ in split_cases(offsets, values.shape[1], on_cpu=on_cpu):
        torch.mm(standardize(values[rows], mean, gain), components.mT, out=tokens[rows])
    return tokens


class SharedTokens:
    """Tokens by the name of what they are computed from; those not used for longest are removed.

    Parameters
    ----------
    most_bytes
        The largest number of bytes of all tokens.
    """

    def __init__(self, most_bytes: int) -> None:
        self._tokens: OrderedDict[Hashable, Tensor] = OrderedDict()
        self._most_bytes, self._bytes, self._lock = most_bytes, 0, Lock()

    def get(self, name: Hashable, compute: Callable[[], Tensor]) -> Tensor:
        """Return the tokens of this name, computed now or before.

        Parameters
        ----------
        name
            What they are computed from.
        compute
            Computes them.
        """
        with self._lock:
            if name in self._tokens:
                self._tokens.move_to_end(name)
                return self._tokens[name]
        tokens = compute()  # without the lock: threads compute different ones
        with self._lock:
            if name not in self._tokens and tokens.nbytes <= self._most_bytes:
                self._tokens[name] = tokens
                self._bytes += tokens.nbytes
            while self._bytes > self._most_bytes:
                self._bytes -= self._tokens.popitem(last=False)[1].nbytes
        return tokens


_SHARED = SharedTokens(SHARED_BYTES)
