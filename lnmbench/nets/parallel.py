"""Trains K fits: dealt out to stacks that fit cache and memory, side by side on the cores.

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

from lnmbench.errors import UserError
from lnmbench.nets.data.device_data import shared_by
from lnmbench.nets.fits import FitResults, Fits, Inputs
from lnmbench.nets.memory import estimate_fit_bytes, is_out_of_memory, memory_for_fits, release
from lnmbench.nets.objective import build_network
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.train_loop import train_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lnmbench.contracts import Weighting
    from lnmbench.records import Training

    _Part = Callable[[range, Callable[[int], None]], FitResults]

# Parameters of a stack: more of them leave the cache too often, fewer are not worth a thread.
_MOST, _LEAST = 3_300_000, 130_000
_HALVED = "out of memory: a stack of fits was halved and went on; --memory sets a budget"


def train(
    inputs: Inputs,
    fits: Fits,
    settings: Training,
    weighting: Weighting,
    *,
    device: torch.device | str = "cpu",
    threads: int | None = None,
    memory: int | None = None,
    on_epoch: Callable[[int], None] | None = None,
) -> FitResults:
    """Train K fits and return what each predicts with the weights of its best epoch.

    Early stopping looks at the target's validation loss alone. `threads` is the number of cores to
    use, torch's by default; the same call with as many threads gives the same numbers, bit by bit.
    `memory` bounds the bytes that the stacks fill, by an estimate: fits beyond it wait their turn.
    A stack that still finds no memory is halved, which `notes` of the results say. `on_epoch` is
    told now and then how many fits have finished, in the caller's thread.
    """
    on_cpu = torch.device(device).type == "cpu"
    threads = (torch.get_num_threads() if threads is None else threads) if on_cpu else 1
    layout = ParameterLayout(build_network(inputs, fits, settings, weighting).parameters())
    each = estimate_fit_bytes(inputs, settings, layout.size)
    own = None if memory is None else memory // threads
    most = len(fits) if own is None else max(1, memory_for_fits(inputs, own) // each)
    parts = split_into_stacks(len(fits), layout.size if on_cpu else 0, threads, most)
    shared = shared_by(inputs, torch.device(device), own)

    def part(chosen: range, told: Callable[[int], None]) -> FitResults:
        own = fits.select(chosen)
        return train_stack(inputs, own, settings, weighting, shared, told)

    return _joined(_side_by_side(_halving(part), parts, threads, on_epoch), parts)


def split_into_stacks(fits: int, size: int, threads: int, most: int) -> list[range]:
    """Return the stacks into which so many fits of `size` parameters are dealt, in order.

    Stacks are of the same size but for one fit, and of `most` fits at most; where there are
    several, the threads get equally many, as far as there are fits. A size of 0 asks for the
    fewest stacks.
    """
    stacks = max(-(-fits * size // _MOST), min(threads, fits * size // _LEAST), -(-fits // most), 1)
    stacks = min(-(-stacks // threads) * threads if stacks > 1 else 1, fits)
    ends = [fits * (i + 1) // stacks for i in range(stacks)]
    return [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _halving(part: _Part) -> _Part:
    """Return the same, but in halves where there is no memory for the whole."""

    def whole_or_halves(chosen: range, told: Callable[[int], None]) -> FitResults:
        try:
            return part(chosen, told)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if len(chosen) == 1:
                raise UserError(
                    "out of memory: not even one fit finds room",
                    then="choose a smaller encoder, batch_size or token_dim, or another --device",
                ) from error
        # Outside the handler: its traceback would keep the tensors.
        release()
        half = len(chosen) // 2
        first = whole_or_halves(chosen[:half], told)
        second = whole_or_halves(chosen[half:], lambda finished: told(half + finished))
        joined = _joined([first, second], [range(half), range(half, len(chosen))])
        return replace(joined, notes=(_HALVED,))

    return whole_or_halves


def _side_by_side(
    part: _Part,
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
        best_loss=np.concatenate([own.best_loss for own in results]),
        epochs=np.concatenate([own.epochs for own in results]),
        history=tuple(history),
        notes=tuple(dict.fromkeys(note for own in results for note in own.notes)),
    )
