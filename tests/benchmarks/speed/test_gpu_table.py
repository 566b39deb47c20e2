"""The script of a GPU's figures: every part runs, fails by itself, and is in the table."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import PathDistribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "speed" / "gpu.sh"
PARTS = ("stacked", "layer4", "all", "agreement", "protocol160", "protocol681")
STUB = """#!/bin/bash
script=$1; shift
case $script in
-m) exit 1 ;;
*gpu_table.py)
  [ "$1" = --prepare ] && exit 0
  exec "$REAL_PYTHON" "$script" "$@" ;;
esac
echo "$(basename "$script" .py) $*" >> "$COMMANDS"
case "$*" in *layer4*) echo "RuntimeError: CUDA error"; exit 3 ;; esac
case $script in
*stacked.py) echo "median: loader 9, stacked 0.3 ms per model-epoch: ratio 30.25 × (target …)" ;;
*protocol.py) echo "median: 310.5 s in all" ;;
*finetune.py) echo "median: plain 3, lnmbench 1 s per model-epoch: ratio 3.00 ×" ;;
*agreement.py) echo "99 % of 9 probabilities within 2.0e-05, the largest difference 5.0e-04; the"
  echo "99 % of 9 probabilities within 1.0e-05, the largest difference 2.0e-03; the" ;;
esac
echo "peak memory: stacked 1.50 GB"
"""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs timeout")


def run_script(folder: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Run the script with an interpreter that prints figures; return also what it was given."""
    stub, commands = folder / "python", folder / "commands"
    stub.write_text(STUB, encoding="utf-8")
    stub.chmod(0o755)
    commands.touch()
    done = subprocess.run(
        ["bash", str(SCRIPT), "--out", str(folder / "logs"), *options],
        env={
            **os.environ,
            "PYTHON": str(stub),
            "REAL_PYTHON": sys.executable,
            "COMMANDS": str(commands),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return done, commands.read_text(encoding="utf-8").splitlines()


def test_a_part_that_fails_ends_neither_the_others_nor_the_table(tmp_path: Path) -> None:
    done, commands = run_script(tmp_path)
    assert [command.split()[0] for command in commands] == [
        *("stacked", "finetune", "finetune", "agreement", "protocol", "protocol")
    ]
    assert all("--device cuda" in command for command in commands)
    table = done.stdout[done.stdout.index("figure  ") :].splitlines()
    figures = {re.split("  +", line)[0]: re.split("  +", line)[1:] for line in table[:8]}
    assert figures == {
        "figure": ["target", "measured"],
        "plain loop / stacked, K = 500": ["≥ 20 ×", "30.2 ×", "reached"],
        "plain loop / fine-tuning, train=layer4": ["≥ 2.5 ×", "–", "failed"],
        "plain loop / fine-tuning, train=all": ["≥ 2.5 ×", "3 ×", "reached"],
        "99 % of the probabilities within": ["≤ 0.0001", "2e-05", "reached"],
        "largest difference in probability": ["≤ 0.001", "0.002", "not reached"],
        "two methods, frozen ResNet50, 160 cases": ["≤ 300 s", "310 s", "not reached"],
        "two methods, frozen ResNet50, 681 cases": ["≤ 300 s", "310 s", "not reached"],
    }
    assert table[8:] == [
        f"peak memory, {part}: {'failed' if part == 'layer4' else 'stacked 1.50 GB'}"
        for part in PARTS
    ]
    assert done.returncode == 1
    assert "layer4: failed with status 3" in done.stdout
    assert (tmp_path / "logs" / "all.log").is_file()


def test_parts_are_selected_and_bounded_in_time(tmp_path: Path) -> None:
    done, commands = run_script(tmp_path, "--only", "agreement,all", "--limit", "400")
    assert [command.split()[0] for command in commands] == ["finetune", "agreement"]
    assert "layer4" not in done.stdout
    assert "K = 500" not in done.stdout
    assert done.returncode == 0
    done, commands = run_script(tmp_path, "--only", "all", "--limit", "0", "--out", str(tmp_path))
    assert "all: no time left" in done.stdout
    assert "failed" in done.stdout


def test_wrong_options_and_folders_of_wheels_are_refused(tmp_path: Path) -> None:
    for options in (("--fast",), ("--sizes", "tiny")):
        done, commands = run_script(tmp_path, *options)
        assert done.returncode == 2
        assert "unknown option" in done.stderr
        assert not commands
    for options in (("--only", "stacked,layer3"), ("--limit", "8m")):
        done, commands = run_script(tmp_path, *options)
        assert done.returncode == 2
        assert options[1].split(",")[-1] in done.stderr
        assert not commands
    done, commands = run_script(tmp_path, "--wheels", str(tmp_path / "none"))
    assert done.returncode == 1
    assert "cannot install the wheels" in done.stderr
    assert not commands


def test_tiny_sizes_fill_the_table(
    run: Callable[[str], str],
    script: Callable[[str], Any],
    read_number: Callable[[str, str], float],
    tmp_path: Path,
) -> None:
    _, commands = run_script(tmp_path, "--device", "cpu", "--tiny")
    printed = {part: run(command) for part, command in zip(PARTS, commands, strict=True)}
    for part in ("layer4", "all"):
        difference = read_number(r"agreement: .* differ by (\S+) in float32", printed[part])
        moved = read_number(r"training the encoder moved them by (\S+)", printed[part])
        assert 10 * difference < 1e-4 < moved, "fine-tuning ends where the plain loop ends"
        assert "projected, lnmbench: 500 fits" in printed[part]
    logs = tmp_path / "tiny"
    logs.mkdir()
    for part, text in printed.items():
        (logs / f"{part}.log").write_text(text, encoding="utf-8")
    table = script("gpu_table").make_table(logs, PARTS)
    assert len(table.splitlines()) == 14
    assert "failed" not in table


def test_entry_points_are_written_where_the_project_is_not_installed(
    script: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = script("gpu_table")
    module.write_entry_points(tmp_path)
    assert not list(tmp_path.iterdir()), "the project is installed"
    monkeypatch.setattr(module, "entry_points", lambda group: [])
    module.write_entry_points(tmp_path)
    (folder,) = tmp_path.iterdir()
    points = PathDistribution(folder).entry_points
    assert {point.group for point in points} == {"lnmbench"}
    assert all(callable(point.load().__class__) for point in points)
    assert module.describe_machine("cpu").startswith("cpu, torch ")
    with pytest.raises(SystemExit, match="no such device on this machine: expected auto"):
        module.describe_machine("tpu")
