"""The network compared with a ten-line pipeline, on single cohorts and on simulated ones.

The pipeline: mean of the frozen features over the slices of a case → ridge score of the target,
learned out of fold inside the training part → logistic regression on it and the clinical features.
On a table without images it is the baseline `logistic`. Both run on the same outer folds. Cohorts
in which training defaults are chosen are separate from those in which the choice is confirmed:
`sensitivity_cohorts.py` lists them. Finished cohorts are stored: rerun the command to resume.
With `--simulated 16`, 16 cohorts of each kind are drawn from a pool of phantoms, as in `power.py`:
the mean difference over them is far more precise than the difference on one cohort.

    python benchmarks/sensitivity.py --development --label candidate --training learning_rate=1e-4
    python benchmarks/sensitivity.py --development --held-out --simulated 16 --format markdown
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is loaded, here and in the workers

from argument_types import add_integers, integer_from
from experiment_pool import run_all
from power_pool import make_pool
from row_file import append_rows, read_rows
from sensitivity_cohorts import (
    COHORTS,
    DEVELOPMENT,
    DEVELOPMENT_KINDS,
    HELD_OUT,
    HELD_OUT_KINDS,
    KINDS,
)
from sensitivity_experiment import SensitivityExperiment, SensitivityResult, run_experiment
from sensitivity_table import make_tables

from lnmbench import choices
from lnmbench.errors import UserError
from lnmbench.progress import make_progress
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text

_KEY = 7
"""Fields of a result that name its experiment."""
FORMATS = {"table": to_text, "markdown": to_markdown}


def list_experiments(options: argparse.Namespace) -> list[SensitivityExperiment]:
    """Return the experiments of the options: one for each cohort, or the simulated ones of a kind.

    Numbers of simulated cohorts begin with 1; a cohort that is not simulated has the number 0.
    """
    if options.simulated:
        sets, numbers = (DEVELOPMENT_KINDS, HELD_OUT_KINDS), range(1, options.simulated + 1)
    else:
        sets, numbers = (DEVELOPMENT, HELD_OUT), range(1)
    wanted = zip((options.development, options.held_out), sets, strict=True)
    names = options.cohort or [name for is_wanted, each in wanted if is_wanted for name in each]
    training = choices.parse_parameters(",".join(options.training))
    return [
        SensitivityExperiment(
            cohort=name,
            number=number,
            label=options.label or " ".join(options.training) or "defaults",
            aux=options.aux,
            repeats=options.repeats,
            folds=options.folds,
            inner=options.inner,
            training=training,
            home=options.home,
        )
        for name in names
        for number in numbers
        if (name in KINDS) == bool(number)
    ]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--development", action="store_true", help="cohorts of the development set")
    parser.add_argument("--held-out", action="store_true", help="cohorts of the held-out set")
    parser.add_argument("--cohort", nargs="+", choices=(*COHORTS, *KINDS), help="only these")
    parser.add_argument(
        "--simulated",
        type=integer_from(0),
        default=0,
        metavar="N",
        help="simulate N cohorts of each kind, in place of the single cohorts",
    )
    parser.add_argument("--training", nargs="+", default=[], metavar="NAME=VALUE")
    parser.add_argument("--label", default="", help="name of the settings (as typed)")
    parser.add_argument("--aux", default="none", help="auxiliary tasks of the network (none)")
    integers = (
        ("repeats", 2, 1, "repeats"),
        ("folds", 5, 2, "outer folds"),
        ("inner", 3, 2, "inner folds"),
        ("processes", 1, 1, "processes"),
    )
    add_integers(parser, integers)
    parser.add_argument("--home", type=Path, default=Path("runs/sensitivity"))
    parser.add_argument("--out", type=Path, default=Path("runs/sensitivity.csv"))
    parser.add_argument("--format", choices=FORMATS, default="table")
    return parser


def run_experiments(options: argparse.Namespace) -> None:
    """Run the experiments of the options that are not stored, until an interrupt."""
    done = set(map(_key, read_rows(options.out, SensitivityResult, key=_KEY)))
    remaining = [each for each in list_experiments(options) if _key(each) not in done]
    if not remaining:
        return
    with make_progress() as progress:
        for dataset, encoder in list_pools(remaining):  # before workers look for them
            make_pool(
                dataset,
                encoder,
                home=options.home,
                processes=options.processes,
                device="cpu",
                progress=progress,
            )
        progress.start("sensitivity", "cohorts", len(remaining), "cohort")
        try:
            with run_all(run_experiment, remaining, options.processes) as finished:
                for result in finished:
                    append_rows(options.out, [result])
                    progress.advance()
        except KeyboardInterrupt:
            progress.say("stopped: finished cohorts are saved; rerun the same command to resume")
        progress.finish()


def list_pools(experiments: Sequence[SensitivityExperiment]) -> list[tuple[str, str]]:
    """Return the data set and the encoder of each pool of simulated cohorts, in order."""
    kinds = [KINDS[each.cohort] for each in experiments if each.number]
    return list(dict.fromkeys((kind.pool, kind.encoder) for kind in kinds))


def main() -> None:
    parser = make_parser()
    options = parser.parse_args()
    try:
        run_experiments(options)
        results = read_rows(options.out, SensitivityResult, key=_KEY)
        if not results:
            raise UserError("no results yet", then="pass --development or --held-out")
        sys.stdout.write(FORMATS[options.format](make_tables(results)))
    except UserError as error:
        parser.error(str(error))


def _key(row: SensitivityExperiment | SensitivityResult) -> tuple[object, ...]:
    return row.cohort, row.number, row.label, row.aux, row.repeats, row.folds, row.inner


if __name__ == "__main__":
    main()
