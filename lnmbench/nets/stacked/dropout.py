"""Dropout of K fits, each from its own random stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import seeded_generator

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS = 256


class DropoutSampler:
    """Source of the dropout masks of K fits.

    One draw serves all layers of a fit's step: a random byte for each element that dropout may
    zero, row after row (a row is a token or a case), so that a row's mask depends on the rows
    before it in its own fit and on nothing else. A rate is rounded to a multiple of 1/256, and the
    scale uses the rounded rate, so that expectations are exact. Streams live on the CPU, so that a
    fit drops the same elements on every device.

    Parameters
    ----------
    rates
        The dropout rate of each fit, (K,).
    seeds
        The seed of each fit.
    device
        The device of the masks.
    stream
        The name of the random streams.
    """

    def __init__(
        self, rates: Tensor, seeds: Sequence[int], device: torch.device, stream: str = "dropout"
    ) -> None:
        self._streams = [seeded_generator(seed, stream) for seed in seeds]
        levels = (rates.double() * _LEVELS).round().clamp(0, _LEVELS - 1).cpu()
        self._active = bool((levels > 0).any())
        self._thresholds = levels.to(torch.uint8).to(device)
        self._scales = (_LEVELS / (_LEVELS - levels)).float().to(device)
        self._device = device

    def draw(
        self, fits: Sequence[int], counts: Sequence[int], rows: int, width: int
    ) -> DropoutMask:
        """Return the mask of a step.

        Parameters
        ----------
        fits
            The indices of the k fits that train.
        counts
            The rows that each of them uses; the mask of later rows is arbitrary.
        rows
            The rows of every fit in the stack's tensors.
        width
            The elements of a row that dropout may zero, over all layers.
        """
        if not (self._active and width):
            return DropoutMask()
        row_bytes = -(-width // 8) * 8
        words = torch.empty(len(fits), rows * row_bytes // 8, dtype=torch.int64)
        for fit_words, fit, count in zip(words, fits, counts, strict=True):
            # `from` and `to` spelled out: without them the sign bit would never be drawn.
            used = fit_words[: count * row_bytes // 8]
            used.random_(-(2**63), None, generator=self._streams[fit])
        draws = words.view(torch.uint8).view(len(fits), rows, row_bytes)  # (k, rows, bytes)
        index = torch.as_tensor(fits, device=self._device)
        return DropoutMask(
            draws.to(self._device),
            self._thresholds[index, None, None],  # (k, 1, 1)
            self._scales[index, None, None],  # (k, 1, 1)
        )


class DropoutMask:
    """The dropout of one step, distributed to the layers in the order of their calls.

    Parameters
    ----------
    draws
        Random bytes (k, rows, width), uint8; None for no dropout.
    thresholds
        Elements whose byte is below their model's threshold are dropped, (k, 1, 1).
    scales
        The factor on the other elements, (k, 1, 1).
    """

    def __init__(
        self,
        draws: Tensor | None = None,
        thresholds: Tensor | None = None,
        scales: Tensor | None = None,
    ) -> None:
        self._draws, self._thresholds, self._scales = draws, thresholds, scales
        self._used = 0

    def take(self, width: int) -> Tensor | None:
        """Return the next factors (k, rows, width), 0 or 1 / (1 - rate); None for no dropout."""
        if self._draws is None or self._thresholds is None or self._scales is None:
            return None
        start, self._used = self._used, self._used + width
        if self._used > self._draws.shape[-1]:
            raise ValueError(f"layers take {self._used} dropout factors of {self._draws.shape[-1]}")
        draws = self._draws[..., start : self._used]  # (k, rows, width)
        factors = torch.empty(draws.shape, device=draws.device)
        return torch.ge(draws, self._thresholds, out=factors).mul_(self._scales)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepDropout:
    """The dropout of one step: of tokens in the transformer, and of the features of each case."""

    tokens: DropoutMask = field(default_factory=DropoutMask)
    cases: DropoutMask = field(default_factory=DropoutMask)


def penalty_to_dropout(penalties: Tensor, counts: Sequence[int]) -> Tensor:
    """Return the dropout rates (K,) of inputs that act like ridge penalties.

    A linear model whose inputs are dropped at rate p learns as with the penalty n p / (1 - p) on
    the squared weight of an input of variance 1, beside a sum of losses over n cases (Wager, Wang
    and Liang 2013). Thus p = penalty / (penalty + n).

    Parameters
    ----------
    penalties
        The penalty of each fit, 0 or more, (K,).
    counts
        The number of cases from which each fit learns.
    """
    return penalties / (penalties + torch.tensor(counts).clamp(min=1))


def apply_dropout(x: Tensor, factors: Tensor | None) -> Tensor:
    """Return x multiplied by dropout factors; x itself for None.

    Parameters
    ----------
    x
        Values (k, rows, width).
    factors
        Factors (k, rows, width) of `DropoutMask.take`, 0 or 1 / (1 - rate).
    """
    return x if factors is None else x * factors
