"""Several runs: merged over one cohort, side by side over several cohorts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.errors import UserError
from lnmbench.records import MethodResult, Results
from lnmbench.registry import Registry
from lnmbench.results import complete_methods
from lnmbench.stages.report.load_results import compare_methods, read_results
from lnmbench.stages.report.method_labels import listing_order, make_labels_unique, strip_suffix
from lnmbench.stages.report.result_faults import drop_faulty_metrics, separate_failures
from lnmbench.text import plural


def read_runs(
    folders: Sequence[Path], registry: Registry, say: Callable[[str], None] = lambda _: None
) -> list[Results]:
    """Return one `Results` for each cohort, with the methods of all its runs compared.

    Two cohort files of one data set, with patches around the tumor and with whole scans, are one
    cohort: their cases must be the same.

    Parameters
    ----------
    folders
        Run directories, at least one.
    registry
        The plugins.
    say
        Receives notices, e.g. while another program holds a ledger.

    Raises
    ------
    UserError
        If runs cannot be compared: over one cohort they differ in protocol or labels; over
        several cohorts in target, folds or primary metrics, or share fewer than two methods.
    """
    by_cohort: dict[str, list[Results]] = {}
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        results = read_results(folder, registry, say)
        by_cohort.setdefault(results.fingerprint, []).append(results)
    by_cohort = _join_regions(by_cohort)
    cohorts = [_merge(runs, registry) for runs in by_cohort.values()]
    for other in cohorts[1:]:
        _refuse_other_question(cohorts[0], other)
    _refuse_too_few_shared_methods(cohorts)
    return cohorts


def _join_regions(by_cohort: Mapping[str, list[Results]]) -> dict[str, list[Results]]:
    """Return the runs with those of the other region of a data set after those of the first."""
    joined: dict[str, list[Results]] = {}
    for fingerprint, runs in by_cohort.items():
        others = [key for key, (other, *_) in joined.items() if _has_other_region(other, runs[0])]
        if others:
            _refuse_other_cases(joined[others[0]][0], runs[0])
        joined.setdefault(others[0] if others else fingerprint, []).extend(runs)
    return joined


def _has_other_region(first: Results, other: Results) -> bool:
    a, b = first.preprocessing, other.preprocessing
    same_data = first.cohort == other.cohort
    return same_data and a is not None and b is not None and a.region != b.region


def _refuse_other_cases(first: Results, other: Results) -> None:
    """Raise `UserError` unless patches around the tumor and whole scans are of the same cases."""
    if not (first.n == other.n and np.array_equal(first.patients, other.patients)):
        raise UserError(
            "runs around the tumor and on whole scans have different cases",
            where=f"{_folder_names(first)} and {_folder_names(other)}",
            expected=plural(first.n, "case"),
            got=str(other.n),
            then="ingest the cases that have a tumor region alone, or report them one by one",
        )


def _merge(runs: Sequence[Results], registry: Registry) -> Results:
    first, *others = runs
    if not others:
        return first
    for other in others:
        _refuse_other_plan(first, other)
    best: dict[str, MethodResult] = {}
    for result in (result for run in runs for result in run.method_results):
        key = result.method.fingerprint
        if key not in best or _extent(best[key]) < _extent(result):
            best[key] = result
    # labels that are unique within each run may not be so in all of them
    methods = make_labels_unique([strip_suffix(result.method) for result in best.values()])
    method_results = [replace(best[method.fingerprint], method=method) for method in methods]
    faults = dict.fromkeys(fault for run in runs for fault in run.faults)
    merged = replace(
        first,
        faults=tuple(faults),
        method_results=tuple(
            sorted(method_results, key=lambda result: listing_order(result.method))
        ),
        notes=tuple(dict.fromkeys(note for run in runs for note in run.notes)),
        aux_labels={task: labels for run in runs for task, labels in run.aux_labels.items()},
        probes={key: probe for run in runs for key, probe in run.probes.items()},
        invocations=tuple(manifest for run in runs for manifest in run.invocations),
        runs=tuple(folder for run in runs for folder in run.runs),
    )
    return compare_methods(drop_faulty_metrics(separate_failures(merged)), registry)


def _extent(result: MethodResult) -> tuple[int, int]:
    """Return the number of units, and of inputs with an importance."""
    return result.units_done, len(result.importance)


def _refuse_other_plan(first: Results, other: Results) -> None:
    where = f"{_folder_names(first)} and {_folder_names(other)}"
    if first.protocol != other.protocol:
        raise UserError(
            "runs over one cohort with different protocols cannot be compared",
            where=where,
            expected=_protocol(first),
            got=_protocol(other),
            then="report them one by one, or run the methods of one under the protocol of the "
            "other",
        )
    same_folds = np.array_equal(first.outer, other.outer)
    if not (
        np.array_equal(first.truth, other.truth) and _same_outcomes(first, other) and same_folds
    ):
        raise UserError(
            "the labels or folds of these runs differ",
            where=where,
            expected="one version of the target over one cohort",
            then="run the methods of one again with the plugins of the other",
        )


def _same_outcomes(first: Results, other: Results) -> bool:
    a, b = first.outcomes, other.outcomes
    if a is None or b is None:
        return a is b
    same = (a.kind, a.names) == (b.kind, b.names)
    return same and np.array_equal(a.values, b.values, equal_nan=True)


def _refuse_other_question(first: Results, other: Results) -> None:
    settings = {
        "target": (first.protocol.target, other.protocol.target),
        "repeats × outer × inner folds": (str(first.protocol), str(other.protocol)),
        "primary metrics": (", ".join(first.primary_metrics), ", ".join(other.primary_metrics)),
        "margins": (_format_margins(first), _format_margins(other)),
        "family of tests": (first.protocol.family, other.protocol.family),
        "outcomes of the target": (_format_outcomes(first), _format_outcomes(other)),
        "use of cases without the target": tuple(
            _format_unlabeled(results) for results in (first, other)
        ),
    }
    for setting, (expected, got) in settings.items():
        if expected != got:
            raise UserError(
                f"cohorts with different {setting} cannot be compared",
                where=f"{_folder_names(first)} and {_folder_names(other)}",
                expected=expected,
                got=got,
                then="run both with the same, or report them one by one",
            )


def _refuse_too_few_shared_methods(cohorts: Sequence[Results]) -> None:
    labels_by_cohort = [
        {r.method.fingerprint: r.method.label for r in complete_methods(results)}
        for results in cohorts
    ]
    shared = set(labels_by_cohort[0]).intersection(*labels_by_cohort[1:])
    if len(cohorts) > 1 and len(shared) < 2:
        raise UserError(
            "these cohorts have fewer than two complete methods in common",
            where=" and ".join(_folder_names(results) for results in cohorts),
            expected="the same methods, with the same settings and versions, over each cohort",
            got="; ".join(", ".join(labels.values()) or "none" for labels in labels_by_cohort),
            then="run the same methods over each",
        )


def _folder_names(results: Results) -> str:
    return ", ".join(Path(run).name for run in results.runs)


def _protocol(results: Results) -> str:
    protocol = results.protocol
    return (
        f"{protocol.target}, {protocol}, seed {protocol.seed},"
        f" primary {', '.join(protocol.primary)}"
        f"{f', margins {_format_margins(results)}' if protocol.margins else ''}"
        f"{f', {_format_unlabeled(results)}' if protocol.train_unlabeled else ''}"
        f"{f', family {protocol.family}' if protocol.family != 'auxiliary' else ''}"
        f"{_MISSING_IMAGES[protocol.missing_images]}"
    )


_MISSING_IMAGES = {
    "refuse": "",
    "mask": ", missing images masked",
    "exclude": ", cases without images left out",
}


def _format_outcomes(results: Results) -> str:
    return "one" if results.outcomes is None else ", ".join(results.outcomes.names)


def _format_unlabeled(results: Results) -> str:
    trained = results.protocol.train_unlabeled
    return "networks train on cases without the target" if trained else "left out"


def _format_margins(results: Results) -> str:
    return ", ".join(f"{m}={value:g}" for m, value in results.protocol.margins) or "none"
