"""Runs in which a method, a hook, an executor or a plugin's file is at fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lnmbench import UserError
from lnmbench.choices import parse
from lnmbench.config import Benchmark
from lnmbench.errors import PluginError
from lnmbench.records import RunFolders
from lnmbench.registry import Registry
from lnmbench.stages.report import read_results
from lnmbench.stages.run import FailedMethods, run

FAULTY = """
import sys
from concurrent.futures import Executor, Future
from lnmbench import hookimpl
from sklearn.linear_model import LogisticRegression

class Exits(LogisticRegression):
    def fit(self, features, truth):
        sys.exit(0)

class Faulty:
    def estimator(self, columns): return Exits()
    def candidates(self): return [{}]

class Losing(Executor):
    def __init__(self, how: str = "few") -> None:
        self.how = how
    def submit(self, fn, /, *args):
        future = Future()
        results = fn(*args)
        if self.how == "cancelled":
            future.cancel()
        else:
            future.set_result({"few": results[1:], "twice": results + results[:1]}[self.how])
        return future

@hookimpl
def register_baselines(): return {"faulty": Faulty}
@hookimpl
def register_executors(): return {"losing": Losing}
@hookimpl
def unit_finished(result): sys.exit(0)
"""


@pytest.fixture
def start(home: Path, tmp_path: Path) -> Callable[..., Path]:
    """Start a run of baselines with a faulty plugin; what it says is appended to a list."""
    path = tmp_path / "faulty.py"
    path.write_text(FAULTY, encoding="utf-8")
    registry = Registry([str(path)])

    def start_run(*baselines: str, said: Said, executor: str = "inline") -> Path:
        return run(
            Benchmark(
                dataset="synthetic:n=60,images=False",  # type: ignore[arg-type]
                only=True,
                baseline=baselines,  # type: ignore[arg-type]
                repeats=1,
                folds=2,
                inner=2,
            ),
            registry,
            folders=RunFolders(home=home, out=tmp_path / "out"),
            executor=parse(executor),
            workers=1,
            plugins=(str(path),),
            progress=said,
        )

    return start_run


class Said:
    """A progress display that keeps the lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.stages: list[tuple[str, str, int, str]] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    def start(self, stage: str, subject: str, total: int, unit: str) -> None:
        self.stages.append((stage, subject, total, unit))

    def advance(self, steps: int = 1) -> None: ...

    def finish(self) -> None: ...


def test_steps_are_fits_of_trained_methods_and_units_of_others(
    start: Callable[..., Path],
) -> None:
    said = Said()
    start("logistic", "guideline:short_axis=10", said=said)
    runs = {subject: (total, unit) for stage, subject, total, unit in said.stages if stage == "run"}
    assert runs == {"logistic": (32, "fit"), "guideline:short_axis=10": (2, "unit")}


def test_a_faulty_method_is_recorded_and_the_others_go_on(start: Callable[..., Path]) -> None:
    said = Said()
    with pytest.raises(FailedMethods, match=r"1 of 2 methods failed \(faulty\): .*SystemExit: 0"):
        start("faulty", "logistic", said=said)
    hooks = [line for line in said.lines if line.startswith("hook unit_finished")]
    assert len(hooks) == 1, "said once"
    assert any(line.startswith("faulty failed: baseline faulty") for line in said.lines)
    again = Said()
    with pytest.raises(FailedMethods) as failed:
        start("faulty", "logistic", said=again)
    assert "logistic: complete in the ledger" in again.lines
    results = read_results(failed.value.folder, Registry())
    assert [(m.method.label, m.units_done) for m in results.method_results] == [
        ("faulty", 0),
        ("logistic", 2),
    ]
    (fault,) = (fault for fault in results.faults if fault.role == "method")
    assert (fault.name, "SystemExit: 0" in fault.message) == ("faulty", True)
    with pytest.raises(UserError, match="^faulty failed: baseline faulty of plugin faulty"):
        start("faulty", said=Said())


@pytest.mark.parametrize("how", ["few", "twice", "cancelled"])
def test_an_executor_that_loses_results_ends_the_run(
    start: Callable[..., Path], tmp_path: Path, how: str
) -> None:
    with pytest.raises(PluginError, match="executor losing of plugin faulty returns a wrong"):
        start("logistic", said=Said(), executor=f"losing:how={how}")
    (result,) = read_results(tmp_path / "out", Registry()).method_results
    assert result.units_done == 0


def test_a_plugin_that_is_edited_meanwhile_does_not_run(
    start: Callable[..., Path], tmp_path: Path
) -> None:
    path, said = tmp_path / "faulty.py", Said()
    path.write_text(FAULTY.replace("sys.exit(0)", "pass") + "\n# edited\n", encoding="utf-8")
    with pytest.raises(UserError, match="plugin faulty changed after the command was started"):
        start("faulty", said=said)
