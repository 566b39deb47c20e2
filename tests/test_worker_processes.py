from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

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
        [sys.executable, script], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout.splitlines(), done.stderr) == (["script runs", "True True"], "")
