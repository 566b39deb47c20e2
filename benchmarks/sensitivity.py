"""The network compared with a ten-line pipeline on six cohorts.

The pipeline: mean of the frozen features over the slices of a case → ridge score of the target,
learned out of fold inside the training part → logistic regression on it and the clinical features.
On a table without images it is the baseline `logistic`. Both run on the same outer folds. Cohorts
in which training defaults are chosen are separate from those in which the choice is confirmed:
`sensitivity_cohorts.py` lists them. Finished cohorts are stored: rerun the command to resume.

    python benchmarks/sensitivity.py --development --label candidate --training learning_rate=1e-4
    python benchmarks/sensitivity.py --held-out --format markdown
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
from row_file import append_rows, read_rows
from sensitivity_cohorts import COHORTS, DEVELOPMENT, HELD_OUT
from sensitivity_experiment import SensitivityExperiment, SensitivityResult, run_experiment

from lnmbench import choices
from lnmbench.cli.progress import make_progress
from lnmbench.errors import UserError
from lnmbench.records import Cell, Table, TableColumn
from lnmbench.rendering.markdown import to_markdown
from lnmbench.rendering.terminal import to_text
from lnmbench.results import format_decimal, format_difference, format_interval

_KEY = 6
"""Fields of a result that name its experiment."""
FORMATS = {"table": to_text, "markdown": to_markdown}
_TEXT_COLUMNS = ("cohort", "settings", "task")
_NUMBER_COLUMNS = (
    *("cases", "positive", "protocol", "pipeline", "network"),
    *("difference (95 % CI)", "seconds"),
)
_NOTE = (
    "AUC, mean over the outer folds; network − pipeline with the interval of the corrected"
    " resampled t-test. Seconds: training of the network on one core. Development: "
    + ", ".join(DEVELOPMENT)
    + "; all others are held out."
)


def make_table(results: Sequence[SensitivityResult]) -> Table:
    """Return a row for each cohort and label."""
    order = list(COHORTS)
    headings = ((_TEXT_COLUMNS, "left"), (_NUMBER_COLUMNS, "right"))
    return Table(
        key="sensitivity",
        title="Network and ten-line pipeline",
        columns=tuple(
            TableColumn(key=h, heading=h, align=align)  # type: ignore[arg-type]
            for names, align in headings
            for h in names
        ),
        rows=tuple(
            _make_cells(result) for result in sorted(results, key=lambda r: order.index(r.cohort))
        ),
        notes=(_NOTE,),
    )


def _make_cells(result: SensitivityResult) -> tuple[Cell, ...]:
    difference = result.network - result.pipeline
    interval = format_interval(result.low, result.high, estimate=difference)
    texts = (
        *(result.cohort, result.label, result.aux, str(result.cases), str(result.positives)),
        f"{result.repeats} × {result.folds} × {result.inner}",
        *(format_decimal(result.pipeline), format_decimal(result.network)),
        f"{format_difference(difference)} ({interval})",
        f"{result.seconds:.0f}",
    )
    return tuple(Cell(text=text) for text in texts)


def list_experiments(options: argparse.Namespace) -> list[SensitivityExperiment]:
    """Return the experiments of the options, one for each cohort."""
    names = [*(DEVELOPMENT if options.development else ()), *(HELD_OUT if options.held_out else ())]
    training = choices.parse_parameters(",".join(options.training))
    return [
        SensitivityExperiment(
            cohort=name,
            label=options.label or " ".join(options.training) or "defaults",
            aux=options.aux,
            repeats=options.repeats,
            folds=options.folds,
            inner=options.inner,
            training=training,
            home=options.home,
        )
        for name in options.cohort or names
    ]


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--development", action="store_true", help="cohorts of the development set")
    parser.add_argument("--held-out", action="store_true", help="cohorts of the held-out set")
    parser.add_argument("--cohort", nargs="+", choices=COHORTS, help="only these cohorts")
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


def main() -> None:
    parser = make_parser()
    options = parser.parse_args()
    try:
        results = read_rows(options.out, SensitivityResult, key=_KEY)
        done = {_key(result) for result in results}
        remaining = [e for e in list_experiments(options) if _key(e) not in done]
        with make_progress() as progress:
            if remaining:
                progress.start("sensitivity", "cohorts", len(remaining), "cohort")
                with run_all(run_experiment, remaining, options.processes) as finished:
                    for result in finished:
                        append_rows(options.out, [result])
                        progress.advance()
                progress.finish()
        results = read_rows(options.out, SensitivityResult, key=_KEY)
        if not results:
            raise UserError("no results yet", then="pass --development or --held-out")
        sys.stdout.write(FORMATS[options.format]([make_table(results)]))
    except UserError as error:
        parser.error(str(error))


def _key(row: SensitivityExperiment | SensitivityResult) -> tuple[object, ...]:
    return row.cohort, row.label, row.aux, row.repeats, row.folds, row.inner


if __name__ == "__main__":
    main()
