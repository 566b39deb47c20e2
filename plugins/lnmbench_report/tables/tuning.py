"""What the inner folds chose: how settings spread over the outer folds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from lnmbench.records import (
    Block,
    Cell,
    MethodResult,
    NetworkMethod,
    Results,
    Search,
    TableColumn,
)
from lnmbench_report.arms import complete
from lnmbench_report.by_method import by_method
from lnmbench_report.printed import NOTHING, counted

COLUMNS = (
    TableColumn(key="setting", heading="Setting", align="left"),
    TableColumn(key="given", heading="As given"),
    TableColumn(key="chosen", heading="Chosen"),
)
AS_GIVEN = "all as given"


class Tuning:
    """Each setting that was searched: how often, or between what, the outer folds chose it."""

    order = 48

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or nothing where no complete method chose among settings."""
        tuned = [outcome for outcome in complete(results) if outcome.search is not None]
        return by_method(
            results,
            tuned,
            _rows,
            key="tuning",
            title="Settings chosen on the inner folds",
            columns=COLUMNS,
            notes=tuple(_notes(tuned)),
        )


def figure(value: Any) -> str:
    """Return a setting as it would be typed, with two digits that count.

    Examples
    --------
    >>> figure(0.000512), figure(1.0), figure(64), figure(None)
    ('0.00051', '1', '64', 'none')
    """
    if isinstance(value, float):
        return f"{value:.2g}"
    return "none" if value is None else str(value)


def _rows(outcome: MethodResult) -> Iterator[tuple[Cell, ...]]:
    search = outcome.search
    assert search is not None
    network = isinstance(outcome.method, NetworkMethod)
    if network:  # a baseline's candidates are a grid: none of them is the one that was given
        yield Cell(text=AS_GIVEN), Cell(text=NOTHING), _share(search)
    for name, own in search.initial.items():
        given = Cell(text=figure(own), value=_number(own)) if network else Cell(text=NOTHING)
        yield Cell(text=name), given, _spread([one.settings.get(name) for one in search.chosen])


def _share(search: Search) -> Cell:
    won = sum(one.candidate == 1 for one in search.chosen)
    folds = counted(len(search.chosen), "fold", "folds")
    return Cell(text=f"in {won} of {folds}", value=won / len(search.chosen))


def _spread(values: Sequence[Any]) -> Cell:
    """Median and range of measures; of all else how often each was chosen."""
    if all(isinstance(value, float) for value in values):
        low, high = min(values), max(values)
        middle = float(median(values))
        text = f"{figure(middle)} ({figure(low)} to {figure(high)})"
        return Cell(text=text, value=middle, low=low, high=high)
    counts = Counter(figure(value) for value in sorted(values, key=_in_order))
    return Cell(text=", ".join(f"{value}: {count}" for value, count in counts.items()))


def _in_order(value: Any) -> tuple[bool, float, str]:
    number = _number(value)
    return number is None, number or 0.0, figure(value)


def _number(value: Any) -> float | None:
    measured = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if measured else None


def _notes(tuned: Sequence[MethodResult]) -> Iterator[str]:
    yield (
        "Each outer fold takes the settings with the lowest mean log loss of the target over its "
        "inner folds; its test cases have no say. Median (range) over the outer folds, or how many "
        "of them chose a value."
    )
    counts = {
        o.search.candidates for o in tuned if o.search and isinstance(o.method, NetworkMethod)
    }
    if counts:
        listed = " or ".join(str(count) for count in sorted(counts))
        yield (
            f"Networks choose among {listed} settings, their own and a scrambled Sobol sequence, "
            "the same for all folds. The heads' learning rate keeps its ratio to learning_rate."
        )
