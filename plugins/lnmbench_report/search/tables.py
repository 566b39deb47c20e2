"""Tables of the hyperparameter search: chosen settings, and every trial with its loss."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from lnmbench.contracts import SectionGroup
from lnmbench.records import (
    Block,
    Cell,
    MethodResult,
    NetworkMethod,
    Results,
    Search,
    TableColumn,
)
from lnmbench.results import MISSING, complete_methods, format_decimal
from lnmbench.text import plural
from lnmbench_report.method_table import make_method_table

CHOSEN_COLUMNS = (
    TableColumn(key="setting", heading="Setting", align="left"),
    TableColumn(key="given", heading="As given"),
    TableColumn(key="chosen", heading="Chosen"),
)
TRIAL_COLUMNS = (
    TableColumn(key="candidate", heading="No."),
    TableColumn(key="settings", heading="Settings", align="left"),
    TableColumn(key="loss", heading="Loss"),
    TableColumn(key="chosen", heading="Chosen"),
)
ALL_AS_GIVEN = "all as given"


class Tuning:
    """Each setting that was searched: the values that the outer folds chose."""

    group: SectionGroup = "training"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no complete method chose among settings."""
        tuned = _tuned_methods(results)
        searches = {result.method.fingerprint: search for result, search in tuned}
        return make_method_table(
            results,
            [result for result, _ in tuned],
            lambda result: _make_chosen_rows(result, searches[result.method.fingerprint]),
            key="tuning",
            title="Settings chosen on the inner folds",
            columns=CHOSEN_COLUMNS,
            notes=tuple(_write_notes(tuned)),
        )


class Trials:
    """Every setting that was tried for each tuned network, with its loss."""

    group: SectionGroup = "appendix"

    def __call__(self, results: Results) -> Sequence[Block]:
        """Return one table, or no block if no complete network was tuned."""
        tuned = _tuned_methods(results)
        searches = {result.method.fingerprint: search for result, search in tuned}
        return make_method_table(
            results,
            [result for result, _ in tuned if isinstance(result.method, NetworkMethod)],
            lambda result: _make_trial_rows(searches[result.method.fingerprint]),
            key="search",
            title="Settings tried on the inner folds",
            columns=TRIAL_COLUMNS,
            notes=(
                "Loss: mean log loss of the target over the inner folds of all outer folds; "
                f"{MISSING} if a fit diverged. A candidate that was dropped early in some outer "
                "folds has no loss: a mean over the other folds is not comparable. Number 1 is the "
                "setting that was given. The ledger contains the losses of each fold.",
            ),
        )


def format_setting(value: object) -> str:
    """Return the value of a setting as it is typed, with two significant digits.

    Examples
    --------
    >>> [format_setting(value) for value in (0.000512, 1.0, 240.0, 64, None)]
    ['0.00051', '1', '240', '64', 'none']
    """
    if isinstance(value, float):
        return f"{value:.0f}" if 99.5 <= abs(value) < 1e6 else f"{value:.2g}"
    return "none" if value is None else str(value)


def _tuned_methods(results: Results) -> list[tuple[MethodResult, Search]]:
    return [(r, r.search) for r in complete_methods(results) if r.search is not None]


def _make_chosen_rows(result: MethodResult, search: Search) -> Iterator[tuple[Cell, ...]]:
    network = isinstance(result.method, NetworkMethod)
    if network:  # the candidates of a baseline are a grid: none of them is the given one
        yield Cell(text=ALL_AS_GIVEN), Cell(text=MISSING), _default_share_cell(search)
    for name, default in search.initial.items():
        default_cell = Cell(text=format_setting(default), value=_as_number(default))
        values = [trial.settings.get(name) for trial in search.chosen]
        yield Cell(text=name), default_cell if network else Cell(text=MISSING), _values_cell(values)


def _default_share_cell(search: Search) -> Cell:
    default = sum(trial.candidate == 1 for trial in search.chosen)
    folds = plural(len(search.chosen), "fold")
    return Cell(text=f"in {default} of {folds}", value=default / len(search.chosen))


def _values_cell(values: Sequence[object]) -> Cell:
    """Return median and range of measures; of other values how often each was chosen."""
    measures = [value for value in values if isinstance(value, float)]
    if len(measures) == len(values):
        low, high, middle = min(measures), max(measures), float(median(measures))
        span = f"{format_setting(low)} to {format_setting(high)}"
        return Cell(text=f"{format_setting(middle)} ({span})", value=middle, low=low, high=high)
    counts = Counter(format_setting(value) for value in sorted(values, key=_sort_key))
    return Cell(text=", ".join(f"{value}: {count}" for value, count in counts.items()))


def _sort_key(value: object) -> tuple[bool, float, str]:
    number = _as_number(value)
    return number is None, number or 0.0, format_setting(value)


def _as_number(value: object) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return None


def _make_trial_rows(search: Search) -> Iterator[tuple[Cell, ...]]:
    folds = len(search.chosen)
    for trial, dropped in zip(
        search.trials, search.dropped or [0] * len(search.trials), strict=True
    ):
        settings = [f"{name}={format_setting(value)}" for name, value in trial.settings.items()]
        chosen = sum(winner.candidate == trial.candidate for winner in search.chosen)
        yield (
            Cell(text=str(trial.candidate), value=float(trial.candidate)),
            Cell(text=", ".join(settings)),
            Cell(text=f"dropped in {dropped} of {folds}")
            if dropped
            else Cell(text=format_decimal(trial.loss), value=trial.loss),
            Cell(text=f"{chosen} of {folds}", value=float(chosen)),
        )


def _write_notes(tuned: Sequence[tuple[MethodResult, Search]]) -> Iterator[str]:
    yield (
        "For each outer fold, the settings with the lowest mean log loss of the target over its "
        "inner folds are chosen, without its test cases. Median (range) over the outer "
        "folds, or the number of them in which a value was chosen."
    )
    counts = {s.candidates for r, s in tuned if isinstance(r.method, NetworkMethod)}
    if counts:
        candidates = " or ".join(str(count) for count in sorted(counts))
        yield (
            f"Networks: the search compares {candidates} settings, the given ones and a scrambled "
            "Sobol sequence, the same for all folds. The learning rate of the heads keeps its "
            "ratio to learning_rate."
        )
