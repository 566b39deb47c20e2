from __future__ import annotations

import os

import pytest
import torch
from lnmbench_executors.processes import processes

from lnmbench import UserError


def test_chunks_run_in_other_processes_with_one_thread() -> None:
    with processes(workers=1) as executor:
        assert executor.submit(os.getpid).result() != os.getpid()
        assert executor.submit(torch.get_num_threads).result() == 1


def test_no_worker_is_refused() -> None:
    with pytest.raises(UserError, match="wrong value for workers .*expected 1 or more, got 0"):
        processes(workers=0)
