"""The package of records."""

from __future__ import annotations

import subprocess
import sys


def test_importing_records_loads_nothing_heavy() -> None:
    code = "import sys, lnmbench.records; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "pandas", "torch", "pydantic", "SimpleITK"} & set(loaded)
