from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """Run a script in a process of its own, with another seed of hashes, and return its output."""

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env=os.environ | {"PYTHONHASHSEED": "17"},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
