"""Type I error of the statistical tests: rejections for two equally good methods.

Null cohorts pass through every stage of a run; a valid test rejects at .05 in one of twenty. Each
finished cohort is written to a file: rerun the same command to resume.

    python benchmarks/calibration.py --cohorts 200 --processes 2
    python benchmarks/calibration.py --cohorts 0 --format markdown
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded, here and in the workers

from argument_types import add_integers
from experiment_pool import run_all
from method_run import make_comparisons
from null_experiment import SCENARIOS, Experiment, simulate
from null_results import append_results, read_results
from null_table import make_blocks

from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.progress import make_progress
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text

FORMATS = {"table": to_text, "markdown": to_markdown}


def run_experiments(
    experiments: Sequence[Experiment], processes: int, file: Path, progress: Progress
) -> None:
    """Run the experiments and append each result to the file, until an interrupt."""
    progress.start("calibration", "null cohorts", len(experiments), "cohort")
    try:
        with run_all(simulate, experiments, processes) as finished:
            for results in finished:
                append_results(file, results)
                progress.advance()
    except KeyboardInterrupt:
        progress.say("stopped: finished cohorts are saved; rerun the same command to resume")
    progress.finish()


def list_experiments(options: argparse.Namespace) -> list[Experiment]:
    """Return the experiments of the options, alternating between scenarios."""
    return [
        Experiment(
            scenario=scenario,
            cohort=cohort,
            cases=options.cases,
            repeats=options.repeats,
            folds=options.folds,
            inner=options.inner,
        )
        for cohort in range(options.cohorts)
        for scenario in options.scenario
    ]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument(
        "--scenario", nargs="+", choices=SCENARIOS, default=list(SCENARIOS), help="(all)"
    )
    integers = (
        ("cohorts", 100, 0, "null cohorts of each scenario; 0 prints the results in the file"),
        ("cases", 200, 30, "cases of a cohort"),
        ("repeats", 10, 1, "repeats"),
        ("folds", 10, 2, "outer folds"),
        ("inner", 2, 2, "inner folds"),
        ("processes", 1, 1, "processes"),
    )
    add_integers(parser, integers)
    file = Path("runs/calibration.csv")
    parser.add_argument("--out", type=Path, default=file, help=f"file of the results ({file})")
    parser.add_argument("--format", choices=FORMATS, default="table")
    return parser


def main() -> None:
    parser = make_parser()
    options = parser.parse_args()
    try:
        tests = make_comparisons()
        results = read_results(options.out, tuple(tests))
        done = {result.experiment for result in results}
        remaining = [e for e in list_experiments(options) if e not in done]
        if remaining:
            with make_progress() as progress:
                run_experiments(remaining, options.processes, options.out, progress)
            results = read_results(options.out, tuple(tests))
        if not results:
            raise UserError("no results yet", where=str(options.out), then="pass --cohorts")
        sys.stdout.write(FORMATS[options.format](make_blocks(results, tests)))
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
