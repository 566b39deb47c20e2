"""What null cohorts gave, in a CSV: a line for each cohort and metric, kept as soon as it is there.

Columns: scenario, cohort, cases, repeats, folds, inner, metric, a, b, sd, correlation, and one for
each comparison by its name, empty where the test is not for the metric.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from null_experiment import SCENARIOS, Experiment, Found

from lnmbench.errors import UserError, reading
from lnmbench.records import Protocol
from lnmbench.store.atomic import replacing, writing

_EXPERIMENT = tuple(field.name for field in fields(Experiment))
_FOUND = ("metric", "a", "b", "sd", "correlation")


def append(path: Path, found: Sequence[Found]) -> None:
    """Write the lines of one cohort in one piece, after the header where the file is new."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or not path.stat().st_size:
        writer.writerow((*_EXPERIMENT, *_FOUND, *found[0].tests))
    for one in found:
        facts = [getattr(one.experiment, name) for name in _EXPERIMENT]
        writer.writerow((*facts, one.metric, *map(_text, _numbers(one))))
    with writing(path), path.open("a", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())


def read_found(path: Path, tests: Sequence[str]) -> tuple[Found, ...]:
    """Return what a file has; nothing where it is not there.

    A cohort whose lines were cut off in writing is removed from the file. Raises `UserError` for
    a file of other comparisons than `tests`, and for one that is no calibration at all.
    """
    if not path.exists() or not path.stat().st_size:
        return ()
    with reading(path):
        head, *lines = path.read_text(encoding="utf-8").splitlines(keepends=True) or [""]
    header = ",".join((*_EXPERIMENT, *_FOUND, *tests)) + "\n"
    if head != header:
        raise UserError(
            f"{path} is of other comparisons, or no calibration",
            expected=header,
            got=head[:200],
            then="choose another --out",
        )
    kept = _whole(lines)
    if len(kept) < len(lines):
        with replacing(path) as beside:
            beside.write_text("".join((header, *kept)), encoding="utf-8")
    rows = csv.reader(kept)
    try:
        return tuple(_found(row, tests) for row in rows)
    except (KeyError, ValueError) as error:
        raise UserError(f"{path} is broken", got=str(error), then="choose another --out") from error


def _whole(lines: Sequence[str]) -> list[str]:
    """The lines of cohorts that have them all."""
    cohorts = [tuple(line.split(",")[: len(_EXPERIMENT)]) for line in lines if line.endswith("\n")]
    count, metrics = Counter(cohorts), len(Protocol().primary)
    return [line for line, cohort in zip(lines, cohorts, strict=False) if count[cohort] == metrics]


def _numbers(found: Found) -> tuple[float, ...]:
    return (found.a, found.b, found.sd, found.correlation, *found.tests.values())


def _text(number: float) -> str:
    return "" if math.isnan(number) else repr(number)


def _number(text: str) -> float:
    return float(text) if text else math.nan


def _found(row: Sequence[str], tests: Sequence[str]) -> Found:
    scenario, *settings = row[: len(_EXPERIMENT)]
    metric, *numbers = row[len(_EXPERIMENT) :]
    if scenario not in SCENARIOS:
        raise KeyError(f"scenario {scenario[:40]!r}")
    a, b, sd, correlation, *surprises = map(_number, numbers)
    cohort, cases, repeats, folds, inner = map(int, settings)
    return Found(
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
        tests=dict(zip(tests, surprises, strict=True)),
    )
