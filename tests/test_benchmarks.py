"""The scripts of benchmarks/speed run, and what both sides compute agrees."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "benchmarks" / "speed"
Run = Callable[[str], str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a script with options in this process, as `python` would; return what it prints."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(SCRIPTS)

    def run(command: str) -> str:
        name, *options = command.split()
        spec = importlib.util.spec_from_file_location(f"speed_{name}", SCRIPTS / f"{name}.py")
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
        if origin and Path(origin).parent == SCRIPTS:
            del sys.modules[name]


def number(pattern: str, text: str) -> float:
    (found,) = re.findall(pattern, text)
    return float(found)


def test_stacked_against_the_plain_loop(run: Run) -> None:
    small = "--token-dim 8 --cases 20 --slices 3 --epochs 1 --rounds 2 --processes 0"
    printed = run(f"stacked --dim 16,12 --fits 3,1 {small}")
    apart = re.findall(r"agreement: .* differ by (\S+)", printed)
    assert len(apart) == 4
    assert max(map(float, apart)) < 1e-4
    for way in ("loader", "indexed"):
        assert len(re.findall(rf"median: {way} .*: ratio [\d.]+ ×", printed)) == 4
    assert printed.count("(wanted 1 ×: ") == 2, "one fit is no slower than the plain loop"


def test_joblib_trains_as_the_plain_loop_does(run: Run) -> None:
    small = "--dim 16 --token-dim 8 --cases 20 --slices 3 --epochs 1 --rounds 1 --processes 1"
    assert re.search(r"median: joblib .*: ratio", run(f"stacked --fits 2 {small}"))


def test_naive_says_what_is_measured_and_what_extrapolated(run: Run) -> None:
    small = "--size 32 --cases 20 --slices 2 --fits 2 --repeats 3 --epochs 2 --sample 8 --rounds 1"
    printed = run(f"naive --encoder resnet18 {small}")
    assert number(r"agreement: .* differ by (\S+) deviations", printed) < 1e-3
    assert "naive, extrapolated to 6 fits" in printed
    assert re.search(r"^ratio \d+ ×", printed, flags=re.MULTILINE)


def test_logistic_chooses_as_scikit_learn_does(run: Run) -> None:
    printed = run("logistic --cases 60 --folds 2 --inner 2 --rounds 1")
    assert "agreement: the same C in 2 of 2 outer folds" in printed
    assert re.search(r"median: scikit-learn .*: ratio [\d.]+ ×", printed)


def test_fine_tuning_ends_where_the_plain_loop_ends(run: Run) -> None:
    small = "--size 32 --cases 12 --slices 2 --fits 1 --epochs 1 --rounds 1 --batch-size 5"
    printed = run(f"finetune --encoder resnet18 --token-dim 8 --workers 0 {small}")
    apart = number(r"agreement: .* differ by (\S+) in float32", printed)
    moved = number(r"training the encoder moved them by (\S+)", printed)
    assert apart < 1e-4 < 1e-3 < moved
    assert re.search(r"median: plain .*: ratio [\d.]+ ×", printed)
    assert "projected, lnmbench: 500 fits" in printed


def test_protocol_says_how_long_each_part_took(run: Run) -> None:
    small = "--repeats 1 --folds 2 --inner 2 --training max_epochs=1 --rounds 2 --workers 1"
    printed = run(
        f"protocol --device cpu --encoder none --dataset synthetic:n=40,images=false {small}"
    )
    assert number(r"agreement: .* differ by (\S+) at most", printed) == 0
    for part in ("ingest table", "run clinical network + pt", "run clinical network", "report"):
        assert re.search(rf"^  {re.escape(part)}: [\d.]+ s$", printed, flags=re.MULTILINE), part


def test_first_command_says_how_long_each_part_took(run: Run, tmp_path: Path) -> None:
    command = ["first_command", "--skip-install", "--quick", "--command"]
    with pytest.raises(SystemExit, match="exit code 2"):
        run(" ".join([*command, "nonsense"]))
