"""Scripts of benchmarks, run within the process of the tests."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SCRIPTS = BENCHMARKS / "speed"


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[[str], str]]:
    """Run a script with options in this process, as `python` would; return what it prints."""
    before = set(sys.modules)
    for folder in (BENCHMARKS, SCRIPTS):
        monkeypatch.syspath_prepend(folder)

    def run(command: str) -> str:
        name, *options = command.split()
        (script,) = (path for path in BENCHMARKS.rglob(f"{name}.py"))
        spec = importlib.util.spec_from_file_location(f"script_{name}", script)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module.__name__] = module
        spec.loader.exec_module(module)
        monkeypatch.setattr(sys, "argv", [f"{name}.py", *options])
        module.main()
        return capsys.readouterr().out

    yield run
    for name in set(sys.modules) - before:
        origin = getattr(sys.modules[name], "__file__", None)
        if origin and Path(origin).parent in (BENCHMARKS, SCRIPTS):
            del sys.modules[name]


@pytest.fixture(scope="session")
def read_number() -> Callable[[str, str], float]:
    """A function that returns the one number that a pattern finds in a text."""

    def read(pattern: str, text: str) -> float:
        (number,) = re.findall(pattern, text)
        return float(number)

    return read
