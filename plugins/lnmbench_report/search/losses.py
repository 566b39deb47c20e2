"""Figure of the hyperparameter search: the losses of the candidate settings."""

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
from lnmbench.results import drawn_methods, format_decimal, target_title
from lnmbench.text import plural
from lnmbench_report.figure_parts import figure_title, undrawn_notes

MOST_ROWS = 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RankedTrials:
    """The trials of a method that finished everywhere, by loss, and how often each was chosen."""

    result: MethodResult
    trials: tuple[Trial, ...]
    chosen: Counter[int]
    diverged: int
    dropped: int


def draw_search_losses(results: Results) -> Iterator[Figure]:
    """Yield a panel for each drawn method that chose among settings: a row for each candidate."""
    rankings = [ranking for r in drawn_methods(results) for ranking in _rank_trials(r)]
    if not rankings:
        return
    best = " ".join(map(_describe_best, rankings))
    yield Figure(
        key="search-losses",
        title=figure_title(results, "Hyperparameter search"),
        alt=f"Validation losses of candidate settings. {best}",
        panels=tuple(_draw_panel(results, ranking) for ranking in rankings),
        notes=(*_write_notes(rankings), *undrawn_notes(results)),
    )


def _rank_trials(result: MethodResult) -> Iterator[RankedTrials]:
    search = result.search
    if search is None:
        return
    finite = [trial for trial in search.trials if np.isfinite(trial.losses).all() and trial.losses]
    if finite:
        yield RankedTrials(
            result=result,
            trials=tuple(sorted(finite, key=lambda trial: (trial.loss, trial.candidate))),
            chosen=Counter(trial.candidate for trial in search.chosen),
            diverged=sum(not trial.is_dropped for trial in search.trials) - len(finite),
            dropped=sum(trial.is_dropped for trial in search.trials),
        )


def _draw_panel(results: Results, ranking: RankedTrials) -> Panel:
    key, trials = ranking.result.method.fingerprint, ranking.trials[:MOST_ROWS]
    mean = np.array([trial.loss for trial in trials])
    rows = np.arange(len(trials), dtype=np.float64)
    ranges = np.array([(min(trial.losses), max(trial.losses)) for trial in trials])
    interval = Mark(
        kind="interval",
        x=mean,
        y=rows,
        low=ranges[:, 0],
        high=ranges[:, 1],
        along="x",
        methods=(key,),
        color=key,
    )
    names = tuple(_name_trial(ranking, trial) for trial in trials)
    return Panel(
        title=ranking.result.method.label,
        x=Axis(title=f"Mean inner log loss of {target_title(results)}"),
        y=Axis(title="Candidate: times chosen", categories=names),
        marks=(interval, Mark(kind="points", x=mean, y=rows, methods=(key,), color=key)),
        methods=(key,),
    )


def _name_trial(ranking: RankedTrials, trial: Trial) -> str:
    number = trial.candidate
    is_default = number == 1 and isinstance(ranking.result.method, NetworkMethod)
    return f"{'given' if is_default else number}: {ranking.chosen[number]}×"


def _describe_best(ranking: RankedTrials) -> str:
    best, label = ranking.trials[0], ranking.result.method.label
    times = f"{ranking.chosen[best.candidate]} of {sum(ranking.chosen.values())}"
    return (
        f"{label}: lowest mean loss {format_decimal(best.loss)}, candidate {best.candidate}, "
        f"chosen in {times} folds."
    )


def _write_notes(rankings: Sequence[RankedTrials]) -> Iterator[str]:
    yield (
        "Mean over the outer folds of the loss on the inner folds, with the range over the outer "
        "folds, sorted by the mean. After the number of each candidate: the number of outer folds "
        "that chose it; the table of settings tried shows its settings."
    )
    for ranking in rankings:
        hidden = len(ranking.trials) - MOST_ROWS
        parts = [
            f"{plural(hidden, 'candidate')} with higher losses" if hidden > 0 else "",
            f"{ranking.diverged} that diverged in some fold" if ranking.diverged else "",
            f"{ranking.dropped} that were dropped early in some fold" if ranking.dropped else "",
        ]
        if any(parts):
            undrawn = " and ".join(filter(None, parts))
            yield f"{ranking.result.method.label}: {undrawn}, not drawn."
