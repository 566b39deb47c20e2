"""Dropout of K fits, each from its own random stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from lnmbench.nets.rng import stream_key

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS = 256
_STRIDE = 0x9E3779B97F4A7C15 - (1 << 64)
"""The odd number by which counters of SplitMix64 grow, as int64."""
_MIXES = ((30, 0xBF58476D1CE4E5B9 - (1 << 64)), (27, 0x94D049BB133111EB - (1 << 64)))
_BLOCK_BYTES = 1 << 18  # fits into a core's cache


class DropoutSampler:
    """Source of the dropout masks of K fits.

    One draw serves all layers of a fit's step: a random byte for each element that dropout may
    zero (a row is a token or a case). A byte is a function of the fit's seed, the step, the row and
    its place there, so that masks depend on nothing else and are computed on the device, the same
    on each. A rate is rounded to a multiple of 1/256, and the scale uses the rounded rate, so that
    expectations are exact.

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
        self._keys = torch.tensor([stream_key(seed, stream) for seed in seeds], device=device)
        levels = (rates.double() * _LEVELS).round().clamp(0, _LEVELS - 1).cpu()
        self._active = bool((levels > 0).any())
        self._thresholds = levels.to(torch.uint8).to(device)
        self._scales = (_LEVELS / (_LEVELS - levels)).float().to(device)

    def draw(self, fits: Tensor, step: int, rows: int, width: int) -> DropoutMask:
        """Return the mask of a step.

        Parameters
        ----------
        fits
            The indices of the k fits that train, int64 (k,), on the device.
        step
            The number of the step, the same for a fit whatever other fits train.
        rows
            The rows of every fit in the stack's tensors.
        width
            The elements of a row that dropout may zero, over all layers.
        """
        if not (self._active and width):
            return DropoutMask()
        words = -(-width // 8)  # of a row
        drawn = draw_words(self._keys[fits], step, rows * words)  # (k, rows · words)
        draws = drawn.view(torch.uint8).view(len(fits), rows, words * 8)
        return DropoutMask(
            draws,
            self._thresholds[fits, None, None],  # (k, 1, 1)
            self._scales[fits, None, None],  # (k, 1, 1)
        )


def draw_words(keys: Tensor, step: int, count: int) -> Tensor:
    """Return random words of 64 bits, int64 (k, count).

    Parameters
    ----------
    keys
        The key of each fit's random stream, int64 (k,).
    step
        The number of the step.
    count
        The number of words of each fit.
    """
    starts = mix_bits(keys + _wrap(step * _STRIDE))  # (k,)
    places = torch.arange(count, device=keys.device) * _STRIDE
    drawn = starts[:, None] + places  # (k, count)
    # on a CPU, as many fits at once as stay in a core's cache
    block = max(1, _BLOCK_BYTES // places.nbytes) if keys.device.type == "cpu" else len(keys)
    for start in range(0, len(keys), block):
        mix_bits(drawn[start : start + block])
    return drawn


def _wrap(value: int) -> int:
    """Return an integer modulo 2⁶⁴, as int64."""
    return (value + (1 << 63)) % (1 << 64) - (1 << 63)


def mix_bits(values: Tensor) -> Tensor:
    """Mix the bits of counters in place, as SplitMix64 does, and return them.

    Multiples of an odd number become independent uniform bits (Steele, Lea and Flood 2014).

    Parameters
    ----------
    values
        int64, of any shape.
    """
    for bits, factor in _MIXES:
        values ^= (values >> bits) & ((1 << (64 - bits)) - 1)  # a shift without the sign
        values *= factor
    values ^= (values >> 31) & ((1 << 33) - 1)
    return values


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

    @property
    def is_active(self) -> bool:
        """Return whether the mask may drop something."""
        return self._draws is not None

    @property
    def rates(self) -> Tensor:
        """Return the rate of each model, (k, 1, 1)."""
        if self._scales is None:
            raise ValueError("an empty mask has no rates")
        return 1 - 1 / self._scales

    def extend(self, other: DropoutMask) -> DropoutMask:
        """Return this mask with the rows of another one of the same rates after its own."""
        if self._draws is None or other._draws is None:
            return self
        return DropoutMask(
            torch.cat([self._draws, other._draws], dim=1), self._thresholds, self._scales
        )

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
    """The dropout of one step: of tokens, of the features of each case, and of modalities."""

    tokens: DropoutMask = field(default_factory=DropoutMask)
    cases: DropoutMask = field(default_factory=DropoutMask)
    modalities: DropoutMask = field(default_factory=DropoutMask)


def penalty_to_dropout(penalties: Tensor, counts: Tensor) -> Tensor:
    """Return the dropout rates (K,) of inputs that act like ridge penalties.

    A linear model whose inputs are dropped at rate p learns as with the penalty n p / (1 - p) on
    the squared weight of an input of variance 1, beside a sum of losses over n cases (Wager, Wang
    and Liang 2013). Thus p = penalty / (penalty + n).

    Parameters
    ----------
    penalties
        The penalty of each fit, 0 or more, (K,).
    counts
        The number of training cases of each fit, at least 1, (K,).
    """
    return penalties / (penalties + counts)


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
