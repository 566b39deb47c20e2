"""several: runs over one cohort become one, runs over several stand beside each other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import Method, MethodResult, Results
from lnmbench.registry import Registry
from lnmbench.stages.report.load_results import compared, distinct, in_order, read_results

_TOLD_APART = re.compile(r" \[[^\[\]]*\]$")


def read_several(folders: Sequence[Path], registry: Registry) -> list[Results]:
    """Return one `Results` for each cohort, with the arms of all its runs, compared afresh.

    Raises `UserError` for runs that cannot be compared: two protocols, or two versions of the
    labels, over one cohort; over several cohorts another target, other folds or other primary
    metrics.
    """
    by_cohort: dict[str, list[Results]] = {}
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        read = read_results(folder, registry)
        by_cohort.setdefault(read.fingerprint, []).append(read)
    merged = [_merged(runs, registry) for runs in by_cohort.values()]
    for other in merged[1:]:
        _refuse_other_question(merged[0], other)
    _refuse_strangers(merged)
    return merged


def _merged(runs: Sequence[Results], registry: Registry) -> Results:
    first, *others = runs
    if not others:
        return first
    for other in others:
        _refuse_other_plan(first, other)
    best: dict[str, MethodResult] = {}
    for outcome in (outcome for run in runs for outcome in run.method_results):
        name = outcome.method.fingerprint
        if name not in best or best[name].units_done < outcome.units_done:
            best[name] = outcome
    # labels told the arms of one run apart; now they must do so for all
    given = {outcome.method.fingerprint: _as_given(outcome.method) for outcome in best.values()}
    labeled = distinct(list(given.values()))
    outcomes = [replace(best[method.fingerprint], method=method) for method in labeled]
    whole = replace(
        first,
        method_results=tuple(sorted(outcomes, key=lambda outcome: in_order(outcome.method))),
        notes=tuple(dict.fromkeys(note for run in runs for note in run.notes)),
        aux_labels={task: one for run in runs for task, one in run.aux_labels.items()},
        invocations=tuple(one for run in runs for one in run.invocations),
        runs=tuple(folder for run in runs for folder in run.runs),
    )
    return compared(whole, registry)


def _as_given(method: Method) -> Method:
    """Without what `distinct` put behind its label."""
    return replace(method, label=_TOLD_APART.sub("", method.label))


def _refuse_other_plan(one: Results, other: Results) -> None:
    where = f"{_places(one)} and {_places(other)}"
    if one.protocol != other.protocol:
        raise UserError(
            "two protocols over one cohort cannot be compared",
            where=where,
            expected=_protocol(one),
            got=_protocol(other),
            then="report them one by one, or run the arms of one under the other's protocol",
        )
    assert one.truth is not None
    assert other.truth is not None
    same_folds = one.outer is not None and np.array_equal(one.outer, np.asarray(other.outer))
    if not (np.array_equal(one.truth, other.truth) and same_folds):
        raise UserError(
            "the labels or folds of these runs differ",
            where=where,
            expected="one version of the target over one cohort",
            then="run the arms of one again with the plugins of the other",
        )


def _refuse_other_question(one: Results, other: Results) -> None:
    asked = {
        "target": (one.protocol.target, other.protocol.target),
        "repeats × outer × inner folds": (str(one.protocol), str(other.protocol)),
        "primary metrics": (", ".join(one.primary_metrics), ", ".join(other.primary_metrics)),
    }
    for what, (expected, got) in asked.items():
        if expected != got:
            raise UserError(
                f"cohorts with different {what} cannot be compared",
                where=f"{_places(one)} and {_places(other)}",
                expected=expected,
                got=got,
                then="run both with the same, or report them one by one",
            )


def _refuse_strangers(cohorts: Sequence[Results]) -> None:
    arms = [
        {o.method.fingerprint: o.method.label for o in one.method_results if o.complete}
        for one in cohorts
    ]
    shared = set(arms[0]).intersection(*arms[1:])
    if len(cohorts) > 1 and len(shared) < 2:
        raise UserError(
            "these cohorts have fewer than two complete methods in common",
            where=" and ".join(_places(one) for one in cohorts),
            expected="the same arms, with the same settings and versions, over each cohort",
            got="; ".join(", ".join(one.values()) or "none" for one in arms),
            then="run the same arms over each",
        )


def _places(results: Results) -> str:
    return ", ".join(Path(run).name for run in results.runs)


def _protocol(results: Results) -> str:
    protocol = results.protocol
    return (
        f"{protocol.target}, {protocol}, seed {protocol.seed},"
        f" primary {', '.join(protocol.primary)}"
    )
