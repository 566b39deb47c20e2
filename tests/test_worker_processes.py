from __future__ import annotations

import gc
import os

from lnmbench.worker_processes import WorkerProcesses


def test_each_process_calls_the_start_function_first() -> None:
    with WorkerProcesses(1, gc.disable) as pool:
        assert pool.submit(gc.isenabled).result() is False
        assert pool.submit(os.getpid).result() != os.getpid()
    assert gc.isenabled()
