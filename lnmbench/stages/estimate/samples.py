"""A sample of fits: what is trained to learn how long all of them take."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits

# Seconds of an epoch that tell of others, of a start that need not be repeated, of all epochs.
_TELLING, _LONG, _ALL = 0.25, 1.0, 1.5
_MOST_EPOCHS, _GROWTH = 20, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of the start and of an epoch of `count` fits trained together."""

    count: int
    start: float
    epoch: float


def times(fits: Fits, train: Callable[[Fits, int], object], *, least: int, most: int) -> Times:
    """Return the times of `train(fits, epochs)` for as many of the fits as take a telling while.

    `least` of them are tried first, then more, `most` at most.
    """

    def seconds(count: int, epochs: int) -> float:
        started = time.perf_counter()
        train(fits.select(range(count)), epochs)
        return time.perf_counter() - started

    count = min(least, most, len(fits))
    one = seconds(count, 1)
    if one < _LONG:  # the first time, modules are imported and memory is found
        one = seconds(count, 1)
    while one < _TELLING and count < most:
        count = min(_GROWTH * count, most)
        one = seconds(count, 1)
    if one < _LONG:  # what else the machine does must not hide the time of an epoch
        one = min(one, seconds(count, 1))
    more = max(1, min(int(_ALL / one), _MOST_EPOCHS))
    epoch = max(0.0, seconds(count, 1 + more) - one) / more
    return Times(count=count, start=max(0.0, one - epoch), epoch=epoch)


def fewer_cases(fits: Fits, cases: int) -> tuple[Fits, float]:
    """Return the fits with so many training cases at most, and how many times more they have.

    Cases of validation are fewer in proportion; nothing else is predicted.
    """
    trained = fits.training.sum(1).float().mean().item()
    ratio = max(1.0, trained / cases)
    validated = fits.validation.sum(1).float().mean().item()
    validation = _first(fits.validation, max(1, round(validated / ratio)))
    training = _first(fits.training, cases)
    return replace(fits, training=training, validation=validation, predicted=validation), ratio


def _first(chosen: Tensor, count: int) -> Tensor:
    """The first so many True of each row."""
    return chosen & (chosen.cumsum(1) <= count)
