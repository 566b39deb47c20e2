"""The inner search: how well each candidate did, and how often it was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lnmbench.records import (
    Axis,
    Figure,
    Mark,
    MethodResult,
    NetworkMethod,
    Panel,
    Results,
    Trial,
)
from lnmbench_report.arms import shown
from lnmbench_report.figures.frame import entitled, left_out
from lnmbench_report.printed import counted, decimal

MOST_ROWS = 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranked:
    """A method's candidates that never diverged, the lowest loss first, and how often each won."""

    outcome: MethodResult
    tried: tuple[Trial, ...]
    won: Counter[int]
    diverged: int


def search_losses(results: Results) -> Iterator[Figure]:
    """Yield a panel for each shown method that chose among settings: a row for each candidate."""
    found = [one for o in shown(results) for one in _ranked(o)]
    if not found:
        return
    yield Figure(
        key="search-losses",
        title=entitled(results, "Inner search"),
        alt=f"Validation losses of candidate settings. {' '.join(map(_best, found))}",
        panels=tuple(_panel(results, one) for one in found),
        notes=(*_notes(found), *left_out(results)),
    )


def _ranked(outcome: MethodResult) -> Iterator[Ranked]:
    search = outcome.search
    if search is None:
        return
    finite = [one for one in search.trials if np.isfinite(one.losses).all() and one.losses]
    if finite:
        yield Ranked(
            outcome=outcome,
            tried=tuple(sorted(finite, key=lambda one: (one.loss, one.candidate))),
            won=Counter(one.candidate for one in search.chosen),
            diverged=len(search.trials) - len(finite),
        )


def _panel(results: Results, one: Ranked) -> Panel:
    key, rows = one.outcome.method.fingerprint, one.tried[:MOST_ROWS]
    mean = np.array([candidate.loss for candidate in rows])
    place = np.arange(len(rows), dtype=np.float64)
    ends = np.array([(min(candidate.losses), max(candidate.losses)) for candidate in rows])
    interval = Mark(
        kind="interval",
        x=mean,
        y=place,
        low=ends[:, 0],
        high=ends[:, 1],
        along="x",
        methods=(key,),
        color=key,
    )
    return Panel(
        title=one.outcome.method.label,
        x=Axis(title=f"Mean inner log loss of {results.protocol.target}"),
        y=Axis(title="Candidate: times chosen", categories=tuple(_name(one, c) for c in rows)),
        marks=(interval, Mark(kind="points", x=mean, y=place, methods=(key,), color=key)),
        methods=(key,),
    )


def _name(one: Ranked, candidate: Trial) -> str:
    number = candidate.candidate
    given = number == 1 and isinstance(one.outcome.method, NetworkMethod)
    return f"{'given' if given else number}: {one.won[number]}×"


def _best(one: Ranked) -> str:
    best, label = one.tried[0], one.outcome.method.label
    times = f"{one.won[best.candidate]} of {sum(one.won.values())}"
    return (
        f"{label}: lowest mean loss {decimal(best.loss)}, candidate {best.candidate}, "
        f"chosen in {times} folds."
    )


def _notes(found: Sequence[Ranked]) -> Iterator[str]:
    yield (
        "Mean over the outer folds of what the inner folds judged, with the range over the outer "
        "folds; the lowest mean first. Beside the number of each candidate how many outer folds "
        "chose it; the settings are in the table of the search."
    )
    for one in found:
        more = len(one.tried) - MOST_ROWS
        parts = [
            f"{counted(more, 'candidate', 'candidates')} with higher losses" if more > 0 else "",
            f"{one.diverged} that diverged in some fold" if one.diverged else "",
        ]
        if any(parts):
            said = " and ".join(filter(None, parts))
            yield f"{one.outcome.method.label}: not drawn are {said}."
