from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from lnmbench.worker_processes import WorkerProcesses


def test_each_process_calls_the_start_function_first() -> None:
    with WorkerProcesses(1, gc.disable) as pool:
        assert pool.submit(gc.isenabled).result() is False
        assert pool.submit(os.getpid).result() != os.getpid()
    assert gc.isenabled()


SCRIPT = """
import os
import subprocess
import sys
from pathlib import Path
from lnmbench.worker_processes import WorkerProcesses
print("script runs")
pool = WorkerProcesses(2)
print(pool.submit(os.getpid).result() != os.getpid(), __import__("__main__").__file__ == __file__)
pool.shutdown()
"""


def test_a_script_without_a_main_guard_runs_once(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.stdout.splitlines(), done.stderr) == (["script runs", "True True"], "")


ENDED_AT_ONCE = """
import gc, os, signal, sys, time
from multiprocessing.synchronize import SemLock
from lnmbench.worker_processes import WorkerProcesses

if __name__ == "__main__":
    pool = WorkerProcesses(1)
    pool.submit(os.getpid).result()
    print(*(each._semlock.name for each in gc.get_objects() if isinstance(each, SemLock)))
    sys.stdout.flush()
    {end}
"""


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs semaphores in /dev/shm")
@pytest.mark.parametrize("end", ["os._exit(130)", "os.kill(os.getpid(), signal.SIGKILL)"])
def test_an_end_at_once_leaves_no_semaphores_and_no_warning_of_them(
    end: str, tmp_path: Path
) -> None:
    script = tmp_path / "parent.py"
    script.write_text(ENDED_AT_ONCE.format(end=end), encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    assert ended.returncode in (130, -signal.SIGKILL)
    assert ended.stderr == ""
    names = ended.stdout.split()
    assert len(names) > 1
    assert not [name for name in names if Path(f"/dev/shm/sem.{name[1:]}").exists()]


def test_only_the_process_of_the_semaphores_ignores_warnings_of_them() -> None:
    before = list(sys.warnoptions)
    with WorkerProcesses(1) as pool:
        assert pool.submit(eval, "__import__('sys').warnoptions").result() == before
    assert sys.warnoptions == before


def test_threads_that_start_processes_at_once_leave_the_main_module() -> None:
    main = sys.modules["__main__"]
    with ThreadPoolExecutor(8) as threads, WorkerProcesses(8) as pool:
        futures = [threads.submit(pool.submit, os.getpid) for _ in range(64)]
        pids = {future.result().result() for future in futures}
    assert sys.modules["__main__"] is main
    assert pids
    assert os.getpid() not in pids
