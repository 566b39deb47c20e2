"""Timing of a sample of fits."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits

# Seconds of an epoch long enough to measure, of a start that is not repeated, of all epochs.
_MEASURABLE, _LONG, _ALL = 0.25, 1.0, 1.5
_MOST_EPOCHS, _GROWTH = 20, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FitTimes:
    """Seconds of the start and of an epoch of `count` fits trained together."""

    count: int
    start: float
    epoch: float


def time_fits(
    fits: Fits, train: Callable[[Fits, int], object], *, least: int, most: int
) -> FitTimes:
    """Return the times of training some of the fits, as many as take a measurable time.

    Parameters
    ----------
    fits
        The fits to sample from.
    train
        Trains fits for a number of epochs.
    least, most
        The number of fits that are tried first, and the largest number.
    """

    def seconds(count: int, epochs: int) -> float:
        started = time.perf_counter()
        train(fits.select(range(count)), epochs)
        return time.perf_counter() - started

    count = min(least, most, len(fits))
    one_epoch = seconds(count, 1)
    if one_epoch < _LONG:  # the first call imports modules and allocates memory
        one_epoch = seconds(count, 1)
    while one_epoch < _MEASURABLE and count < most:
        count = min(_GROWTH * count, most)
        one_epoch = seconds(count, 1)
    if one_epoch < _LONG:  # the load of other processes varies: take the shorter time
        one_epoch = min(one_epoch, seconds(count, 1))
    more = max(1, min(int(_ALL / one_epoch), _MOST_EPOCHS))
    epoch = max(0.0, seconds(count, 1 + more) - one_epoch) / more
    return FitTimes(count=count, start=max(0.0, one_epoch - epoch), epoch=epoch)


def limit_cases(fits: Fits, cases: int) -> tuple[Fits, float]:
    """Return the fits with at most so many training cases, and the ratio of the numbers of cases.

    Validation cases are reduced in proportion; no other cases are predicted.
    """
    trained = fits.training.sum(1).float().mean().item()
    ratio = max(1.0, trained / cases)
    validated = fits.validation.sum(1).float().mean().item()
    validation = _keep_first(fits.validation, max(1, round(validated / ratio)))
    training = _keep_first(fits.training, cases)
    return replace(fits, training=training, validation=validation, predicted=validation), ratio


def _keep_first(mask: Tensor, count: int) -> Tensor:
    """Return a mask (K, n) with the first `count` True of each row."""
    return mask & (mask.cumsum(1) <= count)
