"""The kills of a command that resumes, and of one that does not."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from module_files import load_module

# Each line is appended as soon as it is there; the command goes on with the next one.
COMMAND = """
import sys, time
from pathlib import Path
path = Path("lines.txt")
done = len(path.read_text().splitlines()) if path.exists() and {resumes} else 0
for number in range(done, 12):
    time.sleep(0.02)
    with path.open("a") as stream:
        stream.write(f"{{number}}\\n")
"""


@pytest.fixture
def kills() -> Iterator[ModuleType]:
    script = Path(__file__).parents[2] / "benchmarks" / "kills.py"
    module = load_module(script, "script_kills")
    yield module
    del sys.modules[module.__name__]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
@pytest.mark.parametrize("resumes", [True, False])
def test_a_command_that_does_not_resume_is_noticed(
    kills: ModuleType, tmp_path: Path, resumes: bool
) -> None:
    lines = tmp_path / "lines.txt"
    step = kills.Step(
        title="lines",
        words=[sys.executable, "-c", COMMAND.format(resumes=resumes)],
        results=[lines],
        digest=lambda: kills.digest_files(lines),
    )
    outcome = kills.count_kills(step, 6, random.Random(1), tmp_path)
    assert outcome.kills == 6
    assert (outcome.equal == outcome.finished) is resumes
    assert outcome.left == 0
