"""The cohort, as Table 1 of a clinical paper has it: by the target, with what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from lnmbench.records import Block, Cell, Results, Summary, Table, TableColumn, Variable
from lnmbench_report.marks import synthetic_mark
from lnmbench_report.printed import NOTHING

LABELS = {"target": " (target)", "aux": " (auxiliary)"}
Row = tuple[Cell, ...]


class CohortTable:
    """Each variable over all, over negative and over positive cases."""

    order = 55

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where the ledger knows no variables."""
        if results.profile is None or not results.profile.variables:
            return []
        variables = sorted(results.profile.variables, key=lambda one: one.role != "feature")
        table = Table(
            key="cohort",
            title=f"Cohort by {results.protocol.target}{synthetic_mark(results.card)}",
            columns=tuple(_columns(results)),
            rows=(*_counts(results), *(row for one in variables for row in _rows(one))),
            notes=(
                "Median (quartiles), or number (percent): of the cases in which the variable is "
                "known, or of all where it is missing. What is neither target nor auxiliary enters "
                "the models. Groups are described, not tested.",
            ),
        )
        return [table]


def _columns(results: Results) -> Iterator[TableColumn]:
    target, positives = results.protocol.target, results.positives
    yield TableColumn(key="variable", heading="Variable", align="left")
    yield TableColumn(key="what", heading="Shown", align="left")
    yield TableColumn(key="all", heading=f"All (n = {results.n})")
    yield TableColumn(key="negative", heading=f"{target} negative (n = {results.n - positives})")
    yield TableColumn(key="positive", heading=f"{target} positive (n = {positives})")


def _counts(results: Results) -> Iterator[Row]:
    """Of patients, where some of them have several cases."""
    if results.patients is None or results.truth is None:
        return
    groups = (results.patients, *(results.patients[results.truth == one] for one in (0.0, 1.0)))
    numbers = [len(np.unique(group)) for group in groups]
    if numbers[0] != results.n:
        words = (Cell(text=text) for text in ("patients", "number"))
        yield (*words, *(Cell(text=str(number), value=float(number)) for number in numbers))


def _rows(variable: Variable) -> Iterator[Row]:
    unit = f", {variable.unit}" if variable.unit else ""
    name = Cell(text=f"{variable.name}{unit}{LABELS.get(variable.role, '')}")
    groups = (variable.everyone, variable.negative, variable.positive)

    def row(what: str, cell: Callable[[Summary], Cell]) -> Row:
        return (name, Cell(text=what), *(cell(group) for group in groups))

    if variable.kind == "continuous":
        yield row("median (quartiles)", _median)
    for at, category in enumerate(variable.categories):
        yield row(category, partial(_category, at=at))
    if variable.everyone.missing:
        yield row("missing", _missing)


def _category(group: Summary, *, at: int) -> Cell:
    return _share(group.counts[at], group.known)


def _missing(group: Summary) -> Cell:
    return _share(group.missing, group.known + group.missing)


def _share(count: int, total: int) -> Cell:
    percent = f"{100.0 * count / total:.1f}" if total else NOTHING
    return Cell(text=f"{count} ({percent})", value=float(count))


def _median(group: Summary) -> Cell:
    if group.quartiles is None:
        return Cell(text=NOTHING)
    low, middle, high = group.quartiles
    middle_text, low_text, high_text = measures(middle, low, high)
    text = f"{middle_text} ({low_text} to {high_text})"
    return Cell(text=text, value=middle, low=low, high=high)


def measures(*values: float) -> list[str]:
    """Return measures of one unit, to three digits of the largest, with as few as they need.

    Examples
    --------
    >>> measures(66.0, 58.0, 73.0), measures(24.5, 16.75, 31.25), measures(-0.5, -1.0, 0.125)
    (['66', '58', '73'], ['24.5', '16.8', '31.2'], ['−0.50', '−1.00', '0.12'])
    """
    largest = max(map(abs, values))
    most = min(max(2 - int(np.floor(np.log10(largest))), 0), 6) if largest > 0.0 else 0
    digits = next(
        (few for few in range(most) if all(round(one, few) == one for one in values)), most
    )
    return [f"{one:,.{digits}f}".replace("-", "−") for one in values]
