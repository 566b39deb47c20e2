"""Faults of metrics, comparisons and methods as a part of the results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from lnmbench.records import PluginFault, Results
from lnmbench.redaction import redact_paths

METRIC, COMPARISON, METHOD = "metric", "comparison", "method"
"""Metrics, comparisons and methods, whose faults are part of the results."""
_FAILED = re.compile(r"(.+?) failed: ")
"""The note of a run on a method that failed."""


def make_faults(role: str, messages: Mapping[str, str]) -> tuple[PluginFault, ...]:
    """Return the faults of offers of a role, without the folders of files.

    Parameters
    ----------
    role
        The role, e.g. `metric`.
    messages
        The fault of each offer by its name.
    """
    return tuple(
        PluginFault(role=role, name=name, message=redact_paths(message))
        for name, message in messages.items()
    )


def separate_failures(results: Results) -> Results:
    """Return the results with failed methods among the faults, not the notes.

    A run notes which methods failed. The note does not hold any more for a method that a later
    run has completed.
    """
    complete = {result.method.label for result in results.method_results if result.complete}
    faults = [fault for fault in results.faults if fault.role != METHOD]
    failed = {fault.name: fault for fault in results.faults if fault.role == METHOD}
    notes = []
    for note in results.notes:
        match = _FAILED.match(note)
        if match is None:
            notes.append(note)
        else:
            label, message = match[1], redact_paths(note)
            failed[label] = PluginFault(role=METHOD, name=label, message=message)
    faults += [fault for label, fault in failed.items() if label not in complete]
    return replace(results, notes=tuple(notes), faults=tuple(faults))


def drop_faulty_metrics(results: Results) -> Results:
    """Return the results without the scores of metrics that failed for any method."""
    faulty = {fault.name for fault in results.faults if fault.role == METRIC}
    if not faulty:
        return results
    method_results = []
    for result in results.method_results:
        scores = {name: each for name, each in result.scores.items() if name not in faulty}
        method_results.append(
            replace(
                result,
                scores=scores,
                summary={name: result.summary[name] for name in scores},
                spread={name: result.spread[name] for name in scores},
                inner=None if faulty & set(results.primary_metrics[:1]) else result.inner,
                aux=tuple(
                    replace(
                        score,
                        metrics={n: e for n, e in score.metrics.items() if n not in faulty},
                    )
                    for score in result.aux
                ),
            )
        )
    return replace(
        results,
        method_results=tuple(method_results),
        metrics=tuple(name for name in results.metrics if name not in faulty),
    )
