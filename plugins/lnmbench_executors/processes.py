"""Executor that runs chunks in several processes on this machine."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor

from lnmbench import UserError


def processes(workers: int = 2) -> Executor:
    """Run chunks in several processes on this machine, one thread each.

    Parameters
    ----------
    workers
        Number of processes.
    """
    if workers < 1:
        raise UserError(
            "wrong value for workers",
            where="executor processes",
            expected="1 or more",
            got=str(workers),
        )
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_one_thread)


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)
