from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from lnmbench.__main__ import main
from lnmbench.cli import interrupt

Command = Callable[..., CompletedProcess[str]]
SIGNALS = [getattr(signal, name) for name in interrupt.NAMES if hasattr(signal, name)]


@pytest.fixture
def lnmbench(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command in this process, from an empty folder."""

    def command(*words: object, **environment: str) -> CompletedProcess[str]:
        capsys.readouterr()
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"COLUMNS": "100", **environment}.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["lnmbench", *map(str, words)])
            patch.setattr(sys, "unraisablehook", sys.unraisablehook)  # the command sets its own
            handlers = {number: signal.getsignal(number) for number in SIGNALS}
            with pytest.raises(SystemExit) as end:
                main()
            for number, handler in handlers.items():
                signal.signal(number, handler)
        out, err = capsys.readouterr()
        return CompletedProcess(words, int(end.value.code or 0), out, err)

    return command


@pytest.fixture
def lnmbench_process(home: Path) -> Command:
    """Run the command in a process of its own, from an empty folder."""

    def command(*words: object, **environment: str) -> CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lnmbench", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "100", **environment},
            timeout=300,
        )

    return command


@pytest.fixture
def table(home: Path) -> str:
    """A clinical table of 90 cases as a choice of the command line."""
    random = np.random.default_rng(5)
    age = random.normal(63, 9, 90)
    cea = random.lognormal(1, 0.6, 90)
    n1 = random.random(90) < 1 / (1 + np.exp(-(0.09 * (age - 63) + 0.5 * (cea - 3) - 0.5)))
    pt = np.clip(np.round(random.normal(1 + n1, 1, 90)), 0, 6).astype(int)
    stages = ["T1a", "T1b", "T1c", "T2a", "T2b", "T3", "T4"]
    lines = ["patient,age,sex,cea,n1,pt"]
    for case in range(90):
        level = "" if case % 11 == 0 else f"{cea[case]:.2f}"
        sex = "f" if case % 2 else "m"
        lines.append(f"p{case},{age[case]:.1f},{sex},{level},{int(n1[case])},{stages[pt[case]]}")
    Path("cohort.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    Path("columns.toml").write_text(
        '[columns.patient]\nrole = "id"\n'
        '[columns.age]\nrole = "feature"\nkind = "continuous"\nunit = "a"\n'
        '[columns.sex]\nrole = "feature"\nkind = "nominal"\ncategories = ["f", "m"]\n'
        '[columns.cea]\nrole = "feature"\nkind = "continuous"\nunit = "ng/mL"\n'
        '[columns.n1]\nrole = "target"\nkind = "binary"\nlabel = "n1"\ncategories = ["0", "1"]\n'
        '[columns.pt]\nrole = "aux"\nkind = "ordinal"\nlabel = "pt"\n'
        f"categories = {stages}\n".replace("'", '"'),
        encoding="utf-8",
    )
    return "table:path=cohort.csv,columns=columns.toml"
