from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

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


WORK = """
import multiprocessing, os, time

def work():
    helper = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(300,))
    helper.start()
    print(os.getpid(), helper.pid, flush=True)
    time.sleep(300)
"""
PARENT = """
import sys
from concurrent.futures import wait
from lnmbench_executors.processes import processes
from work import work

if __name__ == "__main__":
    pool = processes(workers=1)
    future = pool.submit(work)
    try:
        wait([future])
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        sys.exit(130)
"""


def is_running(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2]
    except OSError:
        return False
    return state.split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_and_their_helpers_end_with_the_run(number: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    script.with_name("work.py").write_text(WORK, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as parent:
        assert parent.stdout is not None
        assert parent.stderr is not None
        started = [int(word) for word in parent.stdout.readline().split()]
        assert len(started) == 2
        if number == signal.SIGINT:
            os.killpg(parent.pid, number)  # as a terminal does
        else:
            parent.send_signal(number)
        deadline = time.monotonic() + 120
        while any(map(is_running, started)) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not any(map(is_running, started))
        parent.wait()
        assert "Traceback" not in parent.stderr.read()
