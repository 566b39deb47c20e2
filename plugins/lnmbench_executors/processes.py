"""Executor that runs chunks in several processes on this machine."""

from __future__ import annotations

from concurrent.futures import Executor

from lnmbench import UserError
from lnmbench.worker_processes import WorkerProcesses


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
    return WorkerProcesses(workers, _use_one_thread)


def _use_one_thread() -> None:
    import torch

    torch.set_num_threads(1)
