"""Training of K fits: split into stacks that fit cache and memory, in parallel on the cores.

A fit's result does not depend on its stack, so the split affects speed alone. On a CPU each core
takes a stack and computes it by itself. Cores that share every single operation would have to
synchronize thousands of times per second, and lose nearly all of their time in that as soon as
anything else runs on the machine.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from typing import TYPE_CHECKING

import numpy as np
import torch

from lnmbench.errors import UserError
from lnmbench.nets.assembly import build_network
from lnmbench.nets.data.device_data import load_device_data
from lnmbench.nets.device import is_out_of_memory, release_cached_memory
from lnmbench.nets.fit_results import FitResults
from lnmbench.nets.fits import Fits
from lnmbench.nets.inputs import Inputs
from lnmbench.nets.memory import estimate_fit_bytes, memory_for_fits
from lnmbench.nets.stacked.parameters import ParameterLayout
from lnmbench.nets.train_loop import train_stack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from lnmbench.contracts import Weighting
    from lnmbench.nets.model import StackedModel
    from lnmbench.nets.stacked.active_fits import StackState
    from lnmbench.records import Training

    OnTrained = Callable[[range, StackedModel, StackState], None]
    _TrainStack = Callable[[range, Callable[[int], None]], FitResults]

# Parameters of a stack: more of them leave the cache too often, fewer are not worth a thread.
_MAX_SIZE, _MIN_SIZE = 3_300_000, 130_000
_HALVED = "out of memory: trained a stack of fits in two halves; set --memory to limit memory"


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
    on_trained: OnTrained | None = None,
    last_epoch: int | None = None,
) -> FitResults:
    """Train K fits and return what each predicts with the weights of its best epoch.

    Early stopping depends on the target's validation loss alone. The same call with as many
    threads gives the same numbers, bit by bit. A stack that runs out of memory is halved, which
    the `notes` of the results say.

    Parameters
    ----------
    inputs
        The inputs of all fits.
    fits
        The fits.
    settings
        The network, its rates and the limits of training.
    weighting
        Combines the losses of the tasks.
    device
        The device to train on.
    threads
        The number of CPU cores to use; None for torch's default.
    memory
        The bytes that the stacks may fill, by an estimate; fits beyond it train later. None for no
        limit.
    on_epoch
        Called now and then with the number of fits that have stopped, in the caller's thread.
    on_trained
        Called with each stack's fits, model and best parameters after training, in the thread
        of the stack.
    last_epoch
        As in `train_stack`.

    Raises
    ------
    UserError
        If there is not enough memory for a single fit.
    """
    on_cpu = torch.device(device).type == "cpu"
    cores = torch.get_num_threads() if threads is None else threads
    threads = cores if on_cpu else 1
    layout = ParameterLayout(build_network(inputs, fits, settings, weighting).parameters())
    fit_bytes = estimate_fit_bytes(inputs, settings, layout.size)
    stack_bytes = None if memory is None else memory // threads
    max_fits = len(fits)
    if stack_bytes is not None:
        max_fits = max(1, memory_for_fits(inputs, stack_bytes) // fit_bytes)
    stacks = split_into_stacks(len(fits), layout.size if on_cpu else 0, threads, max_fits)
    spare = max(1, cores // min(threads, len(stacks)))
    data = load_device_data(inputs, torch.device(device), stack_bytes, spare)

    def train_fits(indices: range, report: Callable[[int], None]) -> FitResults:
        inspect = None if on_trained is None else partial(on_trained, indices)
        return train_stack(
            inputs,
            fits.select(indices),
            settings,
            weighting,
            data,
            report,
            inspect,
            last_epoch,
        )

    # not a closure over itself: it would keep the features until a garbage collection
    train_or_halve = partial(_train_or_halve, train_fits)
    return _concatenate(_train_in_threads(train_or_halve, stacks, threads, on_epoch), stacks)


def split_into_stacks(fits: int, size: int, threads: int, max_fits: int) -> list[range]:
    """Return the fits of each stack, in order.

    Stacks differ in size by at most one fit. If there are several, their number is a multiple of
    the threads, as far as there are fits.

    Parameters
    ----------
    fits
        The number of fits.
    size
        The number of parameters of a fit; 0 for as few stacks as possible.
    threads
        The number of threads that train stacks.
    max_fits
        The largest number of fits of a stack.
    """
    for_cache, for_threads = -(-fits * size // _MAX_SIZE), min(threads, fits * size // _MIN_SIZE)
    stacks = max(for_cache, for_threads, -(-fits // max_fits), 1)
    stacks = min(-(-stacks // threads) * threads if stacks > 1 else 1, fits)
    ends = [fits * (i + 1) // stacks for i in range(stacks)]
    return [range(start, end) for start, end in zip([0, *ends], ends, strict=False)]


def _train_or_halve(
    train_fits: _TrainStack, indices: range, report: Callable[[int], None]
) -> FitResults:
    """Return the results of a stack, which is trained in halves if memory runs out."""
    try:
        return train_fits(indices, report)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if len(indices) == 1:
            raise UserError(
                "out of memory: not enough for a single fit",
                then="choose a smaller encoder, batch_size or token_dim, or another --device",
            ) from error
    # Outside the handler: its traceback would keep the tensors.
    release_cached_memory()
    half = len(indices) // 2
    first = _train_or_halve(train_fits, indices[:half], report)
    second = _train_or_halve(train_fits, indices[half:], lambda stopped: report(half + stopped))
    whole = _concatenate([first, second], [range(half), range(half, len(indices))])
    return replace(whole, notes=(_HALVED,))


def _train_in_threads(
    train_fits: _TrainStack,
    stacks: Sequence[range],
    threads: int,
    on_epoch: Callable[[int], None] | None,
) -> list[FitResults]:
    """Return each stack's results, from as many threads; the first error ends them all."""
    events: SimpleQueue[tuple[int, int | None]] = SimpleQueue()
    running = [True]

    def report(i: int, stopped: int) -> None:
        if not running[0]:
            raise RuntimeError("another stack has failed, or the caller was interrupted")
        events.put((i, stopped))

    def run(i: int) -> FitResults:
        try:
            return train_fits(stacks[i], lambda stopped: report(i, stopped))
        finally:
            events.put((i, None))

    with _single_threaded_operations(), _pool(threads) as pool:
        futures = [pool.submit(run, i) for i in range(len(stacks))]
        try:
            _report_progress(events, futures, on_epoch)
        except BaseException:
            running[0] = False
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _report_progress(
    events: SimpleQueue[tuple[int, int | None]],
    futures: Sequence[Future[FitResults]],
    on_epoch: Callable[[int], None] | None,
) -> None:
    """Call `on_epoch` for each event (stack, stopped fits) until every stack has sent a None."""
    stopped, running_count = [0] * len(futures), len(futures)
    while running_count:
        i, count = events.get()
        if count is None:
            futures[i].result()
            running_count -= 1
            continue
        stopped[i] = count
        if on_epoch is not None:
            on_epoch(sum(stopped))


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


def _concatenate(results: Sequence[FitResults], stacks: Sequence[range]) -> FitResults:
    history = (
        replace(epoch, fit=stack.start + epoch.fit)
        for stack, result in zip(stacks, results, strict=True)
        for epoch in result.history
    )
    return FitResults(
        probabilities={
            task: np.concatenate([result.probabilities[task] for result in results])
            for task in results[0].probabilities
        },
        best_epoch=np.concatenate([result.best_epoch for result in results]),
        best_loss=np.concatenate([result.best_loss for result in results]),
        epochs=np.concatenate([result.epochs for result in results]),
        history=tuple(history),
        notes=tuple(dict.fromkeys(note for result in results for note in result.notes)),
        image_features=_concatenate_arrays([r.image_features for r in results]),
        permuted=_concatenate_arrays([r.permuted for r in results]),
    )


def _concatenate_arrays(
    arrays: Sequence[NDArray[np.float64] | None],
) -> NDArray[np.float64] | None:
    present = [array for array in arrays if array is not None]
    return np.concatenate(present) if present else None
