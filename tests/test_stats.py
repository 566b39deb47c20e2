"""The public names of `lnmbench.stats`."""

from __future__ import annotations

import subprocess
import sys

from lnmbench import stats


def test_every_name_is_there_and_none_hides_a_module() -> None:
    for name in stats.__all__:
        assert callable(getattr(stats, name)), name


def test_importing_loads_nothing_heavy() -> None:
    code = "import sys, lnmbench.stats; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"scipy.stats", "sklearn", "statsmodels", "pandas", "torch"} & set(loaded)
