"""Results of one outcome of a target with several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lnmbench.defaults import DEFAULTS
from lnmbench.records import MethodResult, Results, freeze


def outcome_names(results: Results) -> tuple[str, ...]:
    """Return the names of the target's outcomes, those with most cases of the rarer class first.

    A binary target has none.
    """
    if results.outcomes is None:
        return ()
    values = results.outcomes.values
    events = np.minimum((values == 1).sum(axis=0), (values == 0).sum(axis=0))
    order = np.argsort(-events, kind="stable").tolist()
    return tuple(results.outcomes.names[column] for column in order)


def for_outcome(results: Results, name: str) -> Results:
    """Return the results of one outcome as those of a binary target.

    They are over the cases in which the outcome is known. Pairs of methods are not compared: the
    family of tests was declared for the target as a whole.

    Parameters
    ----------
    results
        The results of a target with several outcomes.
    name
        The name of the outcome.

    Raises
    ------
    ValueError
        If the target has no such outcome.
    """
    outcomes = results.outcomes
    if outcomes is None or name not in outcomes.names:
        raise ValueError(f"the target has no outcome {name!r}")
    labels = outcomes.values[:, outcomes.names.index(name)]
    known = ~np.isnan(labels)
    faulty = {fault.name for fault in results.faults if fault.role == "metric"}
    method_results = tuple(
        _drop_metrics(replace(result.by_outcome[name], method=result.method), faulty)
        for result in results.method_results
        if name in result.by_outcome
    )
    metrics = tuple(method_results[0].scores) if method_results else ()
    aux_labels = {
        task: replace(each, values=each.values[known]) for task, each in results.aux_labels.items()
    }
    return freeze(
        replace(
            results,
            protocol=replace(results.protocol, target=name, margins=()),
            n=int(known.sum()),
            positives=int((labels == 1).sum()),
            method_results=method_results,
            pair_comparisons=(),
            metrics=metrics,
            metric_functions={},
            primary_metrics=tuple(m for m in DEFAULTS.primary if m in metrics),
            truth=labels[known],
            outcomes=None,
            outer=results.outer[:, known],
            patients=results.patients[known],
            aux_labels=aux_labels,
            profile=None,
            probes={},
            target_title="",
        )
    )


def binary_results(results: Results) -> dict[str, Results]:
    """Return the results of each outcome by its name; of a binary target, the results by ""."""
    if results.outcomes is None:
        return {"": results}
    return {name: for_outcome(results, name) for name in results.outcomes.names}


def _drop_metrics(result: MethodResult, faulty: set[str]) -> MethodResult:
    scores = {name: scores for name, scores in result.scores.items() if name not in faulty}
    return replace(
        result,
        scores=scores,
        summary={name: result.summary[name] for name in scores},
        spread={name: result.spread[name] for name in scores},
    )
