"""The projection of standardized slice features to tokens: most of the arithmetic of a network.

The standardized features are never computed: with features x, mean m and deviation s,
W ((x - m) / s) + b = (W / s) x + (b - (W / s) m).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lnmbench.nets.data.batches import TokenPacking
    from lnmbench.nets.data.standardization import SliceFeatures
    from lnmbench.nets.stacked.active_fits import StackState

_WEIGHT, _BIAS = "project.weight", "project.bias"


class Projection:
    """A `TokenEmbedder` that projects the features of a frozen encoder.

    A feature that is constant over a fit's training slices is left out of that fit. Autograd is
    not used: the features need no gradient, and those of the weights are written in place. On a
    CPU fits take turns through one small buffer that stays in the cache; gathering all of them
    into fresh memory would cost more than the products do.

    Parameters
    ----------
    features
        The features of all slices.
    training
        The training cases of each fit, bool (K, n).
    """

    prefixes: tuple[str, ...] = ("project.",)

    def __init__(self, features: SliceFeatures, training: Tensor) -> None:
        self._values = features.values
        self._mean, self._gain = features.standardization(training)
        self._one_by_one = self._values.device.type == "cpu"
        self._gathered = self._values.new_empty(0, self._values.shape[1])
        self._folded = self._values.new_empty(0)

    def initialize(self, values: Mapping[str, Tensor]) -> None:
        """Do nothing: initial values do not depend on the training cases."""

    def forward(self, state: StackState, packing: TokenPacking, *, training: bool) -> Tensor:
        """Return tokens (k, P, d); without a projection the standardized features themselves.

        Parameters
        ----------
        state
            The k fits, with `project.weight` (k, d, D) and `project.bias` (k, d) if they project.
        packing
            The positions of the tokens.
        training
            Ignored: tokens are the same in training and evaluation.
        """
        if _WEIGHT not in state.values:
            return self._standardize(state.rows, packing)
        weight, bias = state.values[_WEIGHT].detach(), state.values[_BIAS].detach()
        if not self._one_by_one:
            return self._forward_together(state.rows, packing, weight, bias)
        tokens = weight.new_zeros(len(state.fits), packing.capacity, weight.shape[1])
        for row, (fit, positions) in enumerate(
            zip(state.fits, packing.token_positions, strict=True)
        ):
            if len(positions):
                folded = torch.mul(weight[row], self._gain[fit], out=self._scratch(weight))
                shift = torch.addmv(bias[row], folded, self._mean[fit], alpha=-1)
                x = self._gather(packing.slice_rows[row, positions])  # (tokens, D)
                projected = torch.addmm(shift, x, folded.mT)  # (tokens, d)
                tokens[row].index_copy_(0, positions, projected)
        return tokens

    def backward(self, state: StackState, packing: TokenPacking, d_tokens: Tensor) -> None:
        """Write the gradients of weight and bias.

        Parameters
        ----------
        state
            The k fits, with buffers for the gradients.
        packing
            The positions of the tokens.
        d_tokens
            The gradients of the tokens, (k, P, d), zero at padding.
        """
        if _WEIGHT not in state.values:
            return
        d_weight, d_bias = state.gradients[_WEIGHT], state.gradients[_BIAS]
        torch.sum(d_tokens, 1, out=d_bias)  # (k, d)
        if not self._one_by_one:
            self._backward_together(state, packing, d_tokens)
            return
        for row, (fit, positions) in enumerate(
            zip(state.fits, packing.token_positions, strict=True)
        ):
            if len(positions):
                x = self._gather(packing.slice_rows[row, positions])  # (tokens, D)
                torch.mm(d_tokens[row, positions].mT, x, out=d_weight[row])  # (d, D)
                d_weight[row].addr_(d_bias[row], self._mean[fit], alpha=-1)
                d_weight[row].mul_(self._gain[fit])
            else:  # the gradient of an earlier step
                d_weight[row].zero_()

    def _standardize(self, rows: Tensor, packing: TokenPacking) -> Tensor:
        mean, gain = self._mean[rows].unsqueeze(1), self._gain[rows].unsqueeze(1)  # (k, 1, D)
        mask = packing.token_mask.unsqueeze(2)  # (k, P, 1)
        return (self._values[packing.slice_rows] - mean).mul_(gain).mul_(mask)

    def _forward_together(
        self, rows: Tensor, packing: TokenPacking, weight: Tensor, bias: Tensor
    ) -> Tensor:
        folded = weight * self._gain[rows].unsqueeze(1)  # (k, d, D)
        shift = bias - (folded @ self._mean[rows].unsqueeze(2)).squeeze(2)  # (k, d)
        x = self._values[packing.slice_rows]  # (k, P, D)
        return torch.baddbmm(shift.unsqueeze(1), x, folded.mT)  # (k, P, d)

    def _backward_together(
        self, state: StackState, packing: TokenPacking, d_tokens: Tensor
    ) -> None:
        d_weight, d_bias = state.gradients[_WEIGHT], state.gradients[_BIAS]
        mean = self._mean[state.rows].unsqueeze(1)  # (k, 1, D)
        gain = self._gain[state.rows].unsqueeze(1)  # (k, 1, D)
        product = torch.bmm(d_tokens.mT, self._values[packing.slice_rows])  # (k, d, D)
        d_weight.copy_(product.sub_(d_bias.unsqueeze(2) * mean).mul_(gain))  # (k, d, D)

    def _gather(self, rows: Tensor) -> Tensor:
        if len(self._gathered) < len(rows):
            self._gathered = self._values.new_empty(len(rows), self._values.shape[1])
        return torch.index_select(self._values, 0, rows, out=self._gathered[: len(rows)])

    def _scratch(self, weight: Tensor) -> Tensor:
        if self._folded.shape != weight.shape[1:]:
            self._folded = torch.empty_like(weight[0])
        return self._folded
