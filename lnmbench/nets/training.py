"""Trains K fits: dealt out to stacks that fit the cache, side by side on the cores.

A fit's result does not depend on its stack, so how K fits are dealt out is a matter of speed alone.
On a CPU each core takes a stack and computes it by itself. Cores that share every single operation
would have to meet thousands of times a second, and lose nearly all of their time in that as soon as
anything else runs on the machine.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
import torch

from lnmbench.nets.fits import FitResults, Fits, Inputs
from lnmbench.nets.lockstep import train_together
from lnmbench.nets.parameters import Layout
from lnmbench.nets.problem import network_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.records import Training

# Parameters of a stack: more of them leave the cache too often, fewer are not worth a thread.
_MOST, _LEAST = 3_300_000, 130_000


def train(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    *,
    device: torch.device | str = "cpu",
    threads: int | None = None,
    on_epoch: Callable[[int], None] | None = None,
) -> FitResults:
    """Train K fits and return what each predicts with the weights of its best epoch.

    Early stopping looks at the target's validation loss alone. `threads` is the number of cores to
    use, torch's by default; the same call with as many threads gives the same numbers, bit by bit.
    `on_epoch` is told now and then how many fits have finished, in the caller's thread. Raises
    `UserError` if a fit diverges in its first epoch.
    """
    place = torch.device(device)
    threads = torch.get_num_threads() if threads is None else threads
    layout = Layout(network_of(inputs, fits, settings, weighting).parameters())
    parts = [range(len(fits))]
    if place.type == "cpu":
        parts = divided(len(fits), layout.size, threads)

    def part(chosen: range, told: Callable[[int], None]) -> FitResults:
        own = fits.only(chosen)
        return train_together(inputs, own, settings, weighting, place, told)

    return _joined(_side_by_side(part, parts, threads, on_epoch), parts)


def divided(fits: int, size: int, threads: int) -> list[range]:
    """Return the stacks into which so many fits of `size` parameters are dealt, in order.

    Stacks are of the same size but for one fit; where there are several, the threads get equally
    many, as far as there are fits.
    """
    stacks = max(-(-fits * size // _MOST), min(threads, fits * size // _LEAST), 1)
    stacks = min(-(-stacks // threads) * threads if stacks > 1 else 1, fits)
    ends = [fits * (i + 1) // stacks for i in range(stacks)]
    return [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _side_by_side(
    part: Callable[[range, Callable[[int], None]], FitResults],
    parts: Sequence[range],
    threads: int,
    on_epoch: Callable[[int], None] | None,
) -> list[FitResults]:
    """Return each part's results, from as many threads; the first error ends them all."""
    told: SimpleQueue[tuple[int, int | None]] = SimpleQueue()
    going = [True]

    def tell(i: int, finished: int) -> None:
        if not going[0]:
            raise RuntimeError("another stack has failed, or the caller was interrupted")
        told.put((i, finished))

    def run(i: int) -> FitResults:
        try:
            return part(parts[i], lambda finished: tell(i, finished))
        finally:
            told.put((i, None))

    with _single_threaded_operations(), _pool(threads) as pool:
        futures = [pool.submit(run, i) for i in range(len(parts))]
        try:
            _listen(told, futures, on_epoch)
        except BaseException:
            going[0] = False
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _listen(
    told: SimpleQueue[tuple[int, int | None]],
    futures: Sequence[Future[FitResults]],
    on_epoch: Callable[[int], None] | None,
) -> None:
    finished, open_parts = [0] * len(futures), len(futures)
    while open_parts:
        i, count = told.get()
        if count is None:
            futures[i].result()
            open_parts -= 1
            continue
        finished[i] = count
        if on_epoch is not None:
            on_epoch(sum(finished))


def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,))


@contextmanager
def _single_threaded_operations() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _joined(results: Sequence[FitResults], parts: Sequence[range]) -> FitResults:
    history = (
        replace(epoch, fit=part.start + epoch.fit)
        for part, own in zip(parts, results, strict=True)
        for epoch in own.history
    )
    return FitResults(
        probabilities={
            task: np.concatenate([own.probabilities[task] for own in results])
            for task in results[0].probabilities
        },
        best_epoch=np.concatenate([own.best_epoch for own in results]),
        epochs=np.concatenate([own.epochs for own in results]),
        history=tuple(history),
    )
