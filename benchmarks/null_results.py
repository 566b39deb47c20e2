"""Results of null cohorts in a CSV file: a line for each cohort and metric, written at once.

Columns: scenario, cohort, cases, repeats, folds, inner, metric, a, b, sd, correlation, and one for
each comparison by its name, empty if the test is not defined for the metric.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from null_experiment import SCENARIOS, Experiment, ExperimentResult

from lnmbench.errors import UserError, reading
from lnmbench.records import Protocol
from lnmbench.store.atomic import replacing, writing

_EXPERIMENT = tuple(field.name for field in fields(Experiment))
_RESULT = ("metric", "a", "b", "sd", "correlation")


def append_results(path: Path, results: Sequence[ExperimentResult]) -> None:
    """Write the lines of one cohort at once, after the header if the file is new."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        writer.writerow((*_EXPERIMENT, *_RESULT, *results[0].tests))
    for result in results:
        experiment = [getattr(result.experiment, name) for name in _EXPERIMENT]
        numbers = (result.a, result.b, result.sd, result.correlation, *result.tests.values())
        writer.writerow((*experiment, result.metric, *map(_format_number, numbers)))
    with writing(path), path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def read_results(path: Path, tests: Sequence[str]) -> tuple[ExperimentResult, ...]:
    """Return the results in a file, none if it does not exist.

    Incomplete lines of an interrupted cohort are removed from the file. Raises `UserError` for a
    file with other comparisons than `tests`, or without results of a calibration.
    """
    if not path.exists() or not path.stat().st_size:
        return ()
    with reading(path):
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    header = ",".join((*_EXPERIMENT, *_RESULT, *tests)) + "\n"
    if head != header:
        raise UserError(
            f"{path} has results of other comparisons, or of no calibration",
            expected=header,
            got=head[:200],
            then="choose another --out",
        )
    complete = _select_complete(lines)
    if len(complete) < len(lines):
        with replacing(path) as temporary_path:
            temporary_path.write_text("".join((header, *complete)), encoding="utf-8")
    rows = csv.reader(complete)
    try:
        return tuple(_parse_row(row, tests) for row in rows)
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} is broken", got=str(error), then="choose another --out") from error


def _select_complete(lines: Sequence[str]) -> list[str]:
    """Return the lines of cohorts with a line for each metric."""
    cohorts = [tuple(line.split(",")[: len(_EXPERIMENT)]) for line in lines if line.endswith("\n")]
    count, metrics = Counter(cohorts), len(Protocol().primary)
    return [line for line, cohort in zip(lines, cohorts, strict=False) if count[cohort] == metrics]


def _format_number(number: float) -> str:
    return "" if math.isnan(number) else repr(number)


def _parse_number(text: str) -> float:
    return float(text) if text else math.nan


def _parse_row(row: Sequence[str], tests: Sequence[str]) -> ExperimentResult:
    scenario, *settings = row[: len(_EXPERIMENT)]
    metric, *numbers = row[len(_EXPERIMENT) :]
    if scenario not in SCENARIOS:
        raise KeyError(f"scenario {scenario[:40]!r}")
    a, b, sd, correlation, *pvalues = map(_parse_number, numbers)
    cohort, cases, repeats, folds, inner = map(int, settings)
    return ExperimentResult(
        experiment=Experiment(
            scenario=scenario,
            cohort=cohort,
            cases=cases,
            repeats=repeats,
            folds=folds,
            inner=inner,
        ),
        metric=metric,
        a=a,
        b=b,
        sd=sd,
        correlation=correlation,
        tests=dict(zip(tests, pvalues, strict=True)),
    )
