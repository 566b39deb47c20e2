"""Scripts of benchmarks, run within the process of the tests."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from module_files import load_module

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = BENCHMARKS / "speed"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    """Load a script as a module, which finds its neighbors as under `python`."""
    before = set(sys.modules)
    for folder in (BENCHMARKS, SCRIPTS):
        monkeypatch.syspath_prepend(folder)

    def load(name: str) -> Any:
        (path,) = BENCHMARKS.rglob(f"{name}.py")
        return load_module(path, f"script_{name}")

    yield load
    for name in set(sys.modules) - before:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin and Path(origin).parent in (BENCHMARKS, SCRIPTS):
            del sys.modules[name]


@pytest.fixture
def run(
    script: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[str], str]:
    """Run a script with options in this process, as `python` would; return what it prints."""

    def run(command: str) -> str:
        name, *options = command.split()
        module = script(name)
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *options])
        module.main()
        return capsys.readouterr().out

    return run


@pytest.fixture(scope="session")
def read_number() -> Callable[[str, str], float]:
    """A function that returns the one number that a pattern finds in a text."""

    def read(pattern: str, text: str) -> float:
        (number,) = re.findall(pattern, text)
        return float(number)

    return read
