"""The first layer: slice features, standardized for each fit, to tokens. Most of the arithmetic.

Leakage is the subject of this project, so this is what touches which cases. Each fit standardizes
every feature with the mean and deviation over the slices of its own training cases, and with
nothing else. Before that, all slices are shifted and scaled once for all fits; that serves float32
alone (features of a frozen network have offsets far larger than their spread) and cancels exactly
in each fit's standardization, so no fit learns anything from it.

The standardized features are never made: with x the shifted features, mean m and deviation s,
W ((x - m) / s) + b = (W / s) x + (b - (W / s) m).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lnmbench.nets.data.packing import Slots

# A feature that varies less than this share of its size is constant up to the noise of float32.
_CONSTANT = 1e-5
# So many slices tell well enough where a feature stands; one strange case does not move a median.
_SOME = 64


class Features:
    """The features of all slices on a device, shifted and scaled once for all stacks of fits.

    Built from slices (S, D) and offsets (n + 1,); `values` (S, D) are in float32.
    """

    def __init__(self, slices: Tensor, offsets: Tensor, device: torch.device) -> None:
        some = slices[:: max(1, len(slices) // _SOME)]
        center = some.median(0).values.double()
        values = slices.double() - center
        spread = values.square().mean(0).sqrt()
        spread[spread == 0] = 1.0
        values /= spread
        self._moments = Moments(values, offsets, center=center / spread)
        self.values = values.float().to(device)

    def standardization(self, training: Tensor) -> tuple[Tensor, Tensor]:
        """Return each fit's mean and inverse deviation (K, D) of `values`, on their device."""
        mean, gain = self._moments.standardization(training)
        return mean.to(self.values), gain.to(self.values)


class Projection:
    """Maps the packed slices of K fits to tokens, and gradients of tokens to those of weights.

    A `Front`, built from features and training bool (K, n). A feature that is constant over a
    fit's training slices tells it nothing and is left out of that fit. Autograd is not asked: the
    features need no gradient, and the gradients of the weights are written where they are wanted.
    On a CPU fits take turns through one small buffer that stays in the cache; gathering all of
    them into fresh memory would cost more than the products do.
    """

    prefixes: tuple[str, ...] = ("project.",)

    def __init__(self, features: Features, training: Tensor) -> None:
        self._values = features.values
        self._mean, self._gain = features.standardization(training)
        self._in_turn = self._values.device.type == "cpu"
        self._gathered = self._values.new_empty(0, self._values.shape[1])
        self._folded = self._values.new_empty(0)

    def forward(
        self, fits: Sequence[int], values: Mapping[str, Tensor], slots: Slots, *, training: bool
    ) -> Tensor:
        """Return tokens (k, P, d) for `project.weight` (k, d, D) and `project.bias` (k, d).

        Without these parameters tokens are the standardized features themselves.
        """
        if "project.weight" not in values:
            return self._standardized(fits, slots)
        weight, bias = values["project.weight"].detach(), values["project.bias"].detach()
        if not self._in_turn:
            return self._forward_together(fits, weight, bias, slots)
        tokens = weight.new_zeros(len(fits), slots.places, weight.shape[1])
        for row, (fit, own) in enumerate(zip(fits, slots.tokens, strict=True)):
            if len(own):
                folded = torch.mul(weight[row], self._gain[fit], out=self._scratch(weight))
                shift = torch.addmv(bias[row], folded, self._mean[fit], alpha=-1)
                x = self._gather(slots.slices[row, own])
                tokens[row].index_copy_(0, own, torch.addmm(shift, x, folded.mT))
        return tokens

    def backward(
        self,
        fits: Sequence[int],
        values: Mapping[str, Tensor],
        d_tokens: Tensor,
        slots: Slots,
        gradients: Mapping[str, Tensor],
    ) -> None:
        """Write the gradients of weight and bias, given those of the tokens (zero at padding)."""
        if "project.weight" not in values:
            return
        d_weight, d_bias = gradients["project.weight"], gradients["project.bias"]
        torch.sum(d_tokens, 1, out=d_bias)
        if not self._in_turn:
            self._backward_together(fits, d_tokens, slots, d_weight, d_bias)
            return
        for row, (fit, own) in enumerate(zip(fits, slots.tokens, strict=True)):
            if len(own):
                x = self._gather(slots.slices[row, own])
                torch.mm(d_tokens[row, own].mT, x, out=d_weight[row])
                d_weight[row].addr_(d_bias[row], self._mean[fit], alpha=-1)
                d_weight[row].mul_(self._gain[fit])

    def _standardized(self, fits: Sequence[int], slots: Slots) -> Tensor:
        rows = torch.as_tensor(fits, device=self._mean.device)
        mean, gain = self._mean[rows].unsqueeze(1), self._gain[rows].unsqueeze(1)
        used = slots.real.unsqueeze(2)
        return (self._values[slots.slices] - mean).mul_(gain).mul_(used)

    def _forward_together(
        self, fits: Sequence[int], weight: Tensor, bias: Tensor, slots: Slots
    ) -> Tensor:
        rows = torch.as_tensor(fits, device=weight.device)
        folded = weight * self._gain[rows].unsqueeze(1)
        shift = bias - (folded @ self._mean[rows].unsqueeze(2)).squeeze(2)
        return torch.baddbmm(shift.unsqueeze(1), self._values[slots.slices], folded.mT)

    def _backward_together(
        self, fits: Sequence[int], d_tokens: Tensor, slots: Slots, d_weight: Tensor, d_bias: Tensor
    ) -> None:
        rows = torch.as_tensor(fits, device=d_tokens.device)
        mean, gain = self._mean[rows].unsqueeze(1), self._gain[rows].unsqueeze(1)
        product = torch.bmm(d_tokens.mT, self._values[slots.slices])
        d_weight.copy_(product.sub_(d_bias.unsqueeze(2) * mean).mul_(gain))

    def _gather(self, slices: Tensor) -> Tensor:
        if len(self._gathered) < len(slices):
            self._gathered = self._values.new_empty(len(slices), self._values.shape[1])
        return torch.index_select(self._values, 0, slices, out=self._gathered[: len(slices)])

    def _scratch(self, weight: Tensor) -> Tensor:
        if self._folded.shape != weight.shape[1:]:
            self._folded = torch.empty_like(weight[0])
        return self._folded


class Moments:
    """Sums over each case's slices, of which any fit's mean and deviation are made.

    Built from values (S, D) in float64 and offsets (n + 1,). `center` (D,) is where the features
    stood before they were shifted, in units of the values.
    """

    def __init__(self, values: Tensor, offsets: Tensor, *, center: Tensor) -> None:
        case = torch.repeat_interleave(torch.arange(len(offsets) - 1), offsets.diff())
        self._sums, self._squares = torch.zeros(
            2, len(offsets) - 1, values.shape[1], dtype=torch.float64
        )
        self._sums.index_add_(0, case, values)
        self._squares.index_add_(0, case, values.square())
        self._slices, self._center = offsets.diff().double(), center

    def standardization(self, training: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and inverse deviation (K, D) over the slices of each fit's training cases.

        The inverse deviation of a feature that is constant there is 0.
        """
        chosen = training.double()
        slices = (chosen @ self._slices)[:, None]
        mean = (chosen @ self._sums) / slices
        deviation = ((chosen @ self._squares) / slices - mean.square()).clamp(min=0).sqrt()
        constant = deviation <= _CONSTANT * torch.hypot(mean + self._center, deviation)
        return mean.float(), torch.where(constant, 0.0, 1.0 / deviation).float()
