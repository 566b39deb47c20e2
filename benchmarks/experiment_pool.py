"""Worker processes for independent experiments: results as they finish, until an interrupt."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import TypeVar

E = TypeVar("E")
R = TypeVar("R")


@contextmanager
def run_all(
    simulate: Callable[[E], R], experiments: Sequence[E], processes: int
) -> Iterator[Iterator[R]]:
    """Yield an iterator over the results, in the order in which they finish.

    If the block fails or is interrupted, running experiments finish and waiting ones are cancelled.

    Parameters
    ----------
    simulate
        A function of one experiment, which workers can import.
    experiments
        The experiments.
    processes
        The number of processes; 1 computes in this one, in order.
    """
    if processes == 1:
        yield map(simulate, experiments)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_start_worker) as pool:
        futures: list[Future[R]] = [pool.submit(simulate, each) for each in experiments]
        try:
            yield (future.result() for future in as_completed(futures))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _start_worker() -> None:
    """Limit a worker to one thread, and leave interrupts to the main process."""
    import torch

    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
