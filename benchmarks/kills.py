"""SIGKILL at random moments of every command, each followed by a rerun: the results stay equal.

    python benchmarks/kills.py --kills 100

ingests, encodes and trains a small cohort once undisturbed. Then it kills each command at moments
drawn from its duration, and starts it again, until it was killed as often as asked; each command
that comes to its end is compared with the undisturbed one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench.store.cohort_check import check_cohort
from lnmbench.store.cohort_file import read_cohort
from lnmbench.store.ledger import LedgerReader

INGEST = ("data", "ingest", "synthetic:n=24")
RUN = (
    *("run", "--dataset", "synthetic:n=24", "--encoder", "resnet18:weights=random"),
    *("--aux", "pt", "--repeats", "2", "--folds", "2", "--inner", "2"),
    *("--training", "max_epochs=3"),
)
SECONDS_TO_END = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A command that is killed.

    `results` are the files and folders that it makes, which are removed before it starts anew.
    `digest` describes its finished results. A command with `refuses_existing` refuses to start if
    the results exist, which appear complete.
    """

    title: str
    words: Sequence[str]
    results: Sequence[Path]
    digest: Callable[[], str]
    refuses_existing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Kills of a step, commands that came to their end afterward, and how many were equal."""

    title: str
    kills: int
    finished: int
    equal: int
    left: int


def count_kills(step: Step, kills: int, moments: random.Random, folder: Path) -> Outcome:
    """Kill a command and start it again, until it was killed often enough.

    Parameters
    ----------
    step
        The command.
    kills
        Number of kills.
    moments
        Generator of the moments.
    folder
        The working directory, in which unfinished files are counted at the end.
    """
    remove(step.results)
    started = time.monotonic()
    finish(step, folder)
    duration, expected = time.monotonic() - started, step.digest()
    killed = finished = equal = 0
    remove(step.results)
    while True:
        with start(step, folder) as process:
            if killed < kills:
                wait(process, moments.uniform(0, duration))
            else:
                wait(process, SECONDS_TO_END)
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                killed += 1
                process.wait()
                if not (step.refuses_existing and step.results[0].exists()):
                    continue
        if process.returncode > 0:
            raise SystemExit(f"{step.title}: exit code {process.returncode} after a kill")
        finished += 1
        equal += step.digest() == expected
        if killed == kills:
            left = sum(1 for _ in unfinished(folder))
            return Outcome(
                title=step.title, kills=killed, finished=finished, equal=equal, left=left
            )
        remove(step.results)


def start(step: Step, folder: Path) -> subprocess.Popen[bytes]:
    """Start the command of a step in a folder."""
    return subprocess.Popen(
        step.words,
        cwd=folder,
        env={**os.environ, "LNMBENCH_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait(process: subprocess.Popen[bytes], seconds: float) -> None:
    """Wait for the end of a process for some seconds."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def finish(step: Step, folder: Path) -> None:
    """Run the command of a step to its end."""
    with start(step, folder) as process:
        if process.wait(SECONDS_TO_END):
            raise SystemExit(f"{step.title}: exit code {process.returncode}")


def remove(paths: Sequence[Path]) -> None:
    """Remove files and folders."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)


def unfinished(folder: Path) -> Iterator[Path]:
    """Yield the files that an unfinished command leaves."""
    yield from (path for path in folder.rglob("*") if path.suffix in (".part", ".parts"))


def digest_cohort(home: Path) -> str:
    """Return the fingerprint of the only cohort file, and its damage."""
    (path,) = (home / "cohorts").glob("*.h5")
    return f"{read_cohort(path).fingerprint} {check_cohort(path).sentences}"


def digest_ledger(folder: Path) -> str:
    """Return the checksum of all predictions of a run."""
    checksum = hashlib.sha256()
    with LedgerReader.open(folder) as ledger:
        tasks = ["target", *ledger.labels()]
        for method in ledger.methods():
            checksum.update(f"{method.label} {sorted(ledger.done(method.fingerprint))}".encode())
            for task in tasks:
                checksum.update(ledger.predictions(method.fingerprint, task).tobytes())
            for *unit, values in ledger.validation(method.fingerprint):
                checksum.update(f"{unit}".encode() + values.tobytes())
    return checksum.hexdigest()


def digest_files(*paths: Path) -> str:
    """Return the checksum of files, and of the CSV files of folders."""
    files = [path for place in paths for path in sorted(place.glob("*.csv")) or [place]]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def make_steps(folder: Path) -> list[Step]:
    """Return all steps, in the order in which one needs the results of another."""
    home, lnmbench = folder / "home", (sys.executable, "-m", "lnmbench")
    report = ("report", "run", "--format", "csv", "--output", "report.csv")
    processes = (*RUN, "--out", "parallel", "--executor", "processes")
    return [
        Step(
            title="ingest",
            words=(*lnmbench, *INGEST),
            results=[home],
            digest=lambda: digest_cohort(home),
        ),
        Step(
            title="encode and run",
            words=(*lnmbench, *RUN, "--out", "run"),
            results=[home / "features", folder / "run"],
            digest=lambda: digest_ledger(folder / "run"),
        ),
        Step(
            title="run in processes",
            words=(*lnmbench, *processes),
            results=[home / "features", folder / "parallel"],
            digest=lambda: digest_ledger(folder / "parallel"),
        ),
        Step(
            title="report",
            words=(*lnmbench, *report),
            results=[folder / "report.csv"],
            digest=lambda: digest_files(folder / "report.csv"),
        ),
        Step(
            title="export",
            words=(*lnmbench, "export", "run", "tidy"),
            results=[folder / "tidy"],
            digest=lambda: digest_files(folder / "tidy"),
            refuses_existing=True,
        ),
    ]


def main() -> None:
    """Kill each command and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="kills, over all commands")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    moments = random.Random(options.seed)
    print("| command | kills | finished | equal | unfinished files |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        steps = make_steps(Path(name))
        for number, step in enumerate(steps):
            share = options.kills // len(steps) + (number < options.kills % len(steps))
            outcome = count_kills(step, share, moments, Path(name))
            cells = (outcome.title, outcome.kills, outcome.finished, outcome.equal, outcome.left)
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
