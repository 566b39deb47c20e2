"""Timing of calls and of a sample of fits, as on a machine that does nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from lnmbench.nets.fits import Fits

# Seconds of an epoch long enough to measure, of a call that is not repeated, of all epochs.
_MEASURABLE, LONG, _ALL = 0.25, 1.0, 1.5
_MOST_EPOCHS, _GROWTH = 20, 4


def measure_seconds(
    call: Callable[[], object], device: str = "cpu", *, threads: int | None = None
) -> float:
    """Return the seconds that a call takes if no other process uses the processors.

    On a CPU this is the processor time of the calling thread, or that of all threads divided among
    its cores, whichever is longer, and at most the time by the clock. A process that the call
    starts is not counted. Another device is timed by the clock.

    Parameters
    ----------
    call
        The function.
    device
        The device that computes, as for torch.
    threads
        The number of threads among which a CPU's work is divided; None for torch's.
    """
    started = time.perf_counter(), time.thread_time(), time.process_time()
    call()
    ended = time.perf_counter(), time.thread_time(), time.process_time()
    clock, of_thread, of_all = (end - start for start, end in zip(started, ended, strict=True))
    if device != "cpu":
        return clock
    if threads is None:
        import torch

        threads = torch.get_num_threads()
    return min(clock, max(of_thread, of_all / threads))


@dataclass(frozen=True, slots=True, kw_only=True)
class FitTimes:
    """Seconds of the start and of an epoch of `count` fits trained together."""

    count: int
    start: float
    epoch: float


def time_fits(
    fits: Fits,
    train: Callable[[Fits, int], object],
    device: str,
    *,
    least: int,
    most: int,
    repeat_long: bool = False,
) -> FitTimes:
    """Return the times of training some of the fits, as many as take a measurable time.

    Parameters
    ----------
    fits
        The fits to sample from.
    train
        Trains fits for a number of epochs.
    device
        The device that trains.
    least, most
        The number of fits that are tried first, and the largest number.
    repeat_long
        Whether long calls are repeated as well, because only the first one computes what later
        ones share.
    """

    def measure(count: int, epochs: int) -> float:
        return measure_seconds(lambda: train(fits.select(range(count)), epochs), device)

    longest = float("inf") if repeat_long else LONG
    count = min(least, most, len(fits))
    one_epoch = measure(count, 1)
    if one_epoch < longest:  # the first call imports modules and allocates memory
        one_epoch = measure(count, 1)
    while one_epoch < _MEASURABLE and count < most:
        count = min(_GROWTH * count, most)
        one_epoch = measure(count, 1)
    if one_epoch < longest:
        one_epoch = min(one_epoch, measure(count, 1))
    more = max(1, min(int(_ALL / one_epoch), _MOST_EPOCHS))
    epoch = max(0.0, measure(count, 1 + more) - one_epoch) / more
    return FitTimes(count=count, start=max(0.0, one_epoch - epoch), epoch=epoch)


def limit_cases(fits: Fits, cases: int) -> tuple[Fits, float]:
    """Return the fits with at most so many training cases, and the ratio of the numbers of cases.

    Validation cases are reduced in proportion; no other cases are predicted.
    """
    trained = fits.training.sum(1).float().mean().item()
    ratio = max(1.0, trained / cases)
    validated = fits.validation.sum(1).float().mean().item()
    validation = keep_first(fits.validation, max(1, round(validated / ratio)))
    training = keep_first(fits.training, cases)
    return replace(fits, training=training, validation=validation, predicted=validation), ratio


def keep_first(mask: Tensor, count: int) -> Tensor:
    """Return a mask (K, n) with the first `count` True of each row."""
    return mask & (mask.cumsum(1) <= count)
