"""Table of power: the share of simulated cohorts in which each test finds an arm better."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

import numpy as np
from mean_difference import format_mean_difference
from method_run import make_comparisons
from power_experiment import CLAIM, DECLARED, PERMUTATION, PowerAnswer

from lnmbench.records import Cell, Table, TableColumn
from lnmbench.results import format_decimal

_TEXT_COLUMNS = ("setting", "task")
_NUMBER_COLUMNS = ("cases", "protocol", "N", "AUC, none", "gain", "worse")
_HIDDEN = ("bayes",)
_NOTE = (
    "Share of simulated cohorts in which the network with the task is found better than the"
    " network without it (p < .05 and a higher AUC; of a permutation test p ≤ .05), ± its Monte"
    " Carlo error √(r (1 − r) / N). Gain: mean difference in AUC over the cohorts ± its standard"
    " error. Declared: the primary test after Holm's correction over the primary metrics; worse:"
    " the share in which it finds the task harmful; claim: declared, and better than the task's"
    " negative controls. Cases + rest: networks also train on all other patients of the pool, whose"
    " N2 is unknown."
)


def make_table(answers: Sequence[PowerAnswer]) -> Table:
    """Return a row for each setting, number of cases, protocol and arm."""
    titles = {name: test.title for name, test in make_comparisons().items()}
    titles = {DECLARED: "declared", **titles, PERMUTATION: "label permutation", CLAIM: "claim"}
    present = {answer.test for answer in answers}
    tests = [name for name in titles if name in present and name not in _HIDDEN]
    labels = {answer.label for answer in answers}
    texts = _TEXT_COLUMNS if len(labels) == 1 else ("settings", *_TEXT_COLUMNS)
    headings = (*_NUMBER_COLUMNS, *(titles[name] for name in tests))
    groups = groupby(sorted(answers, key=_sort_key), key=_sort_key)
    return Table(
        key="power",
        title="Power",
        columns=(
            *(TableColumn(key=h, heading=h, align="left") for h in texts),
            *(TableColumn(key=h, heading=h) for h in headings),
        ),
        rows=tuple(_make_cells(list(group), tests, len(labels) > 1) for _, group in groups),
        notes=(_NOTE,),
    )


def _sort_key(answer: PowerAnswer) -> tuple[object, ...]:
    protocol = (answer.repeats, answer.folds, answer.inner, answer.train_unlabeled)
    return answer.label, answer.setting, answer.cases, *protocol, answer.arm


def _make_cells(
    group: Sequence[PowerAnswer], tests: Sequence[str], with_label: bool
) -> tuple[Cell, ...]:
    first = group[0]
    declared = [answer for answer in group if answer.test == DECLARED]
    differences = np.array([answer.auc - answer.reference for answer in declared])
    texts = (
        *((first.label,) if with_label else ()),
        *(first.setting, first.arm, f"{first.cases}{' + rest' if first.train_unlabeled else ''}"),
        f"{first.repeats} × {first.folds} × {first.inner}",
        str(len(declared)),
        format_decimal(float(np.mean([answer.reference for answer in declared]))),
        format_mean_difference(differences),
        _format_share([answer.is_worse for answer in declared]),
        *(_format_share([a.is_better for a in group if a.test == test]) for test in tests),
    )
    return tuple(Cell(text=text) for text in texts)


def _format_share(found: Sequence[bool]) -> str:
    if not found:
        return format_decimal(math.nan)
    share = float(np.mean(found))
    error = math.sqrt(share * (1.0 - share) / len(found))
    return f"{format_decimal(share, digits=2)} ± {format_decimal(error, digits=2)}"
