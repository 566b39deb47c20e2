"""README's first command from cold: a new environment, the packages, the run, part by part.

Everything happens in a temporary folder that is removed afterwards: the environment, LNMBENCH_HOME
and the run directory. pip takes packages from its cache where it has them; `--no-cache` has it
fetch them all.

    python benchmarks/speed/first_command.py
    python benchmarks/speed/first_command.py --quick --skip-install
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from lnmbench.progress import format_duration

ROOT = Path(__file__).parents[2]
TARGET_SECONDS = 360.0
COMMAND = "run --aux pt --encoder resnet50"
_STAGE = re.compile(r"^(\w+: .+): \d+/\d+ \w+ in .+$")


def step(what: str, command: Sequence[str], where: Path, **environment: str) -> float:
    """Run a command to its end and print what it took; return seconds."""
    start = time.perf_counter()
    subprocess.run(command, cwd=where, env={**os.environ, **environment}, check=True)
    seconds = time.perf_counter() - start
    print(f"{what}: {seconds:.1f} s", flush=True)
    return seconds


def run(command: Sequence[str], where: Path, home: Path) -> tuple[float, str]:
    """Run lnmbench and print how long its stages took; return seconds and what it printed."""
    start = last = time.perf_counter()
    environment = {**os.environ, "LNMBENCH_HOME": str(home)}
    with (
        (where / "printed").open("w+", encoding="utf-8") as printed,
        subprocess.Popen(
            command, cwd=where, env=environment, stdout=printed, stderr=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stderr is not None
        for line in process.stderr:
            sys.stderr.write(line)
            stage = _STAGE.match(line.strip())
            if stage is None:
                continue
            now = time.perf_counter()
            print(f"  {stage[1]}: {now - last:.1f} s", flush=True)
            last = now
        process.wait()
        seconds = time.perf_counter() - start
        print(f"  report and the end: {time.perf_counter() - last:.1f} s")
        if process.returncode:
            raise SystemExit(f"lnmbench ended with exit code {process.returncode}")
        printed.seek(0)
        return seconds, printed.read()


def installed(work: Path, environment: Mapping[str, str]) -> tuple[float, Path]:
    """Make an environment with lnmbench in it; return seconds and its lnmbench."""
    venv = work / "venv"
    folder = venv / ("Scripts" if os.name == "nt" else "bin")
    seconds = step("python -m venv", [sys.executable, "-m", "venv", str(venv)], work)
    pip = [str(folder / "python"), "-m", "pip", "install", "--quiet", str(ROOT)]
    seconds += step("pip install .", pip, work, **environment)
    return seconds, folder / "lnmbench"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="lnmbench run --quick")
    parser.add_argument("--skip-install", action="store_true", help="use this environment")
    parser.add_argument("--no-cache", action="store_true", help="pip fetches every package")
    parser.add_argument(
        "--command", default=COMMAND, help=f"arguments of lnmbench (default: {COMMAND})"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        seconds, command = 0.0, [sys.executable, "-m", "lnmbench"]
        if not asked.skip_install:
            cache = {"PIP_NO_CACHE_DIR": "1"} if asked.no_cache else {}
            seconds, program = installed(work, cache)
            command = [str(program)]
        words = [*asked.command.split(), *(["--quick"] if asked.quick else [])]
        print(f"lnmbench {' '.join(words)}:", flush=True)
        ran, printed = run([*command, *words], work, work / "home")
    whole = not (asked.quick or asked.skip_install) and asked.command == COMMAND
    reached = "reached" if seconds + ran <= TARGET_SECONDS else "not reached"
    goal = f" (target {format_duration(TARGET_SECONDS)}: {reached})" if whole else ""
    print(f"the run: {ran:.1f} s, {len(printed.splitlines())} lines of tables")
    print(f"in all: {seconds + ran:.1f} s{goal}")


if __name__ == "__main__":
    main()
