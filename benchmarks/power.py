"""Power of the declared question: cohorts in which the network with a task is found to be better.

A pool of phantoms is ingested and encoded once. Each simulated cohort is a random subset of the
pool with outcomes that are drawn anew; planning, training, scores and tests are those of a run.
Cohorts of one pool thus share images and clinical features, not outcomes and folds. Each finished
cohort is written to a file: rerun the same command to resume.

    python benchmarks/power.py --cohorts 50 --cases 300 600 --setting effect=0 effect=2
    python benchmarks/power.py --cohorts 0 --format markdown
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded, here and in the workers

from argument_types import add_integers, integer_from
from experiment_pool import run_all
from power_experiment import PowerAnswer, PowerExperiment, simulate
from power_pool import Pool, make_pool
from power_table import make_table
from row_file import append_rows, read_rows

from lnmbench import choices
from lnmbench.contracts import Progress
from lnmbench.errors import UserError
from lnmbench.progress import make_progress
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text

FORMATS = {"table": to_text, "markdown": to_markdown}
ARMS = ("pt", "pt:shuffled=1")
EXTRA_ARMS = ("oracle", "constant")
_EXPERIMENT = (
    "label",
    "setting",
    "cases",
    "repeats",
    "folds",
    "inner",
    "train_unlabeled",
    "cohort",
)


def key(row: PowerExperiment | PowerAnswer) -> tuple[object, ...]:
    """Return the fields that name a simulated cohort."""
    return tuple(getattr(row, name) for name in _EXPERIMENT)


def run_experiments(options: argparse.Namespace, done: Iterable[tuple[object, ...]]) -> None:
    """Run the cohorts that are not done and append their answers, until an interrupt."""
    finished_keys = set(done)
    deadline = time.time() + options.seconds if options.seconds else math.inf
    with make_progress() as progress:
        pool = make_pool(
            options.pool,
            options.encoder,
            home=options.home,
            processes=options.processes,
            device=options.device,
            progress=progress,
        )
        experiments = [
            each
            for each in list_experiments(options, pool, deadline)
            if key(each) not in finished_keys
        ]
        _run(experiments, options, progress)


def _run(
    experiments: list[PowerExperiment], options: argparse.Namespace, progress: Progress
) -> None:
    progress.start("power", "simulated cohorts", len(experiments), "cohort")
    try:
        with run_all(simulate, experiments, options.processes) as finished:
            for answers in finished:
                if answers:
                    append_rows(options.out, answers)
                    progress.advance()
    except KeyboardInterrupt:
        progress.say("stopped: finished cohorts are saved; rerun the same command to resume")
    progress.finish()


def list_experiments(
    options: argparse.Namespace, pool: Pool, deadline: float
) -> list[PowerExperiment]:
    """Return the experiments of the options, cohort by cohort over the grid."""
    training = choices.parse_parameters(",".join(options.training))
    return [
        PowerExperiment(
            label=options.label,
            setting=setting,
            cases=cases,
            cohort=cohort,
            repeats=options.repeats,
            folds=options.folds,
            inner=options.inner,
            train_unlabeled=options.train_unlabeled,
            pool=pool,
            arms=(*options.arm, *(options.extra_arm if setting == options.setting[0] else ())),
            controls=options.controls,
            weighting=options.weighting,
            training=training,
            device=options.device,
            deadline=deadline,
        )
        for cohort in range(options.first, options.first + options.cohorts)
        for setting in options.setting
        for cases in options.cases
    ]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--pool", default="synthetic:n=2000,seed=51", help="phantoms (%(default)s)")
    parser.add_argument("--encoder", default="efficientnet_lite0", help="(%(default)s)")
    parser.add_argument(
        "--setting",
        nargs="+",
        default=["effect=0", "effect=1"],
        metavar="NAME=VALUE[,…]",
        help="parameters of the outcomes of a cohort, at each of which power is measured",
    )
    parser.add_argument(
        "--cases", nargs="+", type=integer_from(20), default=[300], help="cases of a cohort"
    )
    parser.add_argument("--arm", nargs="+", default=list(ARMS), help="tasks (%(default)s)")
    parser.add_argument(
        "--extra-arm",
        nargs="*",
        default=list(EXTRA_ARMS),
        help="tasks at the first setting alone (%(default)s)",
    )
    integers = (
        ("cohorts", 20, 0, "cohorts at each point of the grid; 0 prints the stored results"),
        ("first", 0, 0, "number of the first cohort"),
        ("controls", 0, 0, "permutations of pT for the permutation test"),
        ("repeats", 3, 1, "repeats"),
        ("folds", 5, 2, "outer folds"),
        ("inner", 3, 2, "inner folds"),
        ("processes", 1, 1, "processes"),
    )
    add_integers(parser, integers)
    parser.add_argument(
        "--train-unlabeled",
        action="store_true",
        help="train networks on the other patients of the pool too, whose N2 is unknown",
    )
    parser.add_argument("--weighting", default="fixed", help="of the losses (%(default)s)")
    parser.add_argument("--training", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--label", default="defaults", help="name of weighting and training settings"
    )
    parser.add_argument("--device", default="cpu", help="device that encodes and trains (cpu)")
    parser.add_argument("--seconds", type=float, default=0.0, help="time limit; 0: none")
    parser.add_argument("--home", type=Path, default=Path("runs/power"), help="(%(default)s)")
    parser.add_argument("--out", type=Path, default=Path("runs/power.csv"), help="(%(default)s)")
    parser.add_argument("--format", choices=FORMATS, default="table")
    return parser


def main() -> None:
    parser = make_parser()
    options = parser.parse_args()
    try:
        if options.cohorts:
            run_experiments(
                options, map(key, read_rows(options.out, PowerAnswer, key=len(_EXPERIMENT)))
            )
        answers = read_rows(options.out, PowerAnswer, key=len(_EXPERIMENT))
        if not answers:
            raise UserError("no results yet", where=str(options.out), then="pass --cohorts")
        sys.stdout.write(FORMATS[options.format]([make_table(answers)]))
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
