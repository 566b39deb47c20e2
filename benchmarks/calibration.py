"""How often each test "finds" a difference between two equally good methods.

Null cohorts go through every stage of a run; a test that keeps its word rejects at .05 in one of
twenty. Each finished cohort is kept in a file: stopped at any point, the same command goes on.

    python benchmarks/calibration.py --cohorts 200 --processes 2
    python benchmarks/calibration.py --cohorts 0 --format markdown
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded, here and in the workers

from null_experiment import SCENARIOS, Experiment, Found, comparisons, simulate
from null_results import append, read_found
from null_table import blocks

from lnmbench.cli.progress import make_progress
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text

FORMATS = {"table": to_text, "markdown": to_markdown}


def run(todo: Sequence[Experiment], processes: int, file: Path, progress: Progress) -> None:
    """Run the experiments and append what each found to the file. An interrupt ends it early."""
    progress.start("calibration", "null cohorts", len(todo), "cohorts")
    try:
        with _finished(todo, processes) as finished:
            for found in finished:
                append(file, found)
                progress.advance()
    except KeyboardInterrupt:
        progress.say("stopped: what was finished is kept, and the same command goes on from there")
    progress.finish()


@contextmanager
def _finished(todo: Sequence[Experiment], processes: int) -> Iterator[Iterator[tuple[Found, ...]]]:
    if processes == 1:
        yield map(simulate, todo)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_alone) as pool:
        waiting: list[Future[tuple[Found, ...]]] = [pool.submit(simulate, one) for one in todo]
        try:
            yield (future.result() for future in as_completed(waiting))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _alone() -> None:
    """A worker has one thread, and leaves an interrupt to the process that writes."""
    import torch

    torch.set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def wanted(asked: argparse.Namespace) -> list[Experiment]:
    """Return the experiments that were asked for, the scenarios by turns."""
    return [
        Experiment(
            scenario=scenario,
            cohort=cohort,
            cases=asked.cases,
            repeats=asked.repeats,
            folds=asked.folds,
            inner=asked.inner,
        )
        for cohort in range(asked.cohorts)
        for scenario in asked.scenario
    ]


def options() -> argparse.ArgumentParser:
    """Return what can be asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--scenario", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), help="(all)"
    )
    for name, default, least, what in (
        ("cohorts", 100, 0, "null cohorts of each scenario; 0 prints what the file has"),
        ("cases", 200, 30, "cases of a cohort"),
        ("repeats", 10, 1, "repeats"),
        ("folds", 10, 2, "outer folds"),
        ("inner", 2, 2, "inner folds"),
        ("processes", 1, 1, "processes"),
    ):
        parser.add_argument(
            f"--{name}", type=_at_least(least), default=default, help=f"{what} ({default})"
        )
    file = Path("runs/calibration.csv")
    parser.add_argument("--out", type=Path, default=file, help=f"what was found ({file})")
    parser.add_argument("--format", choices=FORMATS, default="table")
    return parser


def _at_least(least: int) -> type[int]:
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"expected {least} or more, got {value}")
        return value

    return number  # type: ignore[return-value]  # argparse takes any callable


def main() -> None:
    parser = options()
    asked = parser.parse_args()
    try:
        tests = comparisons()
        there = read_found(asked.out, tuple(tests))
        done = {found.experiment for found in there}
        todo = [one for one in wanted(asked) if one not in done]
        if todo:
            with make_progress() as progress:
                run(todo, asked.processes, asked.out, progress)
            there = read_found(asked.out, tuple(tests))
        if not there:
            raise UserError("nothing is found yet", where=str(asked.out), then="ask for --cohorts")
        sys.stdout.write(FORMATS[asked.format](blocks(there, tests)))
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
