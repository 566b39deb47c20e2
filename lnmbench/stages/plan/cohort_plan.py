"""Plan of a benchmark over a cohort: labels of the target, and folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Target, TargetOutcomes
from lnmbench.errors import UserError
from lnmbench.records import Cohort, Outcomes, Plan, Protocol, Splits, find_strata, mark_positive
from lnmbench.stages.plan.missing_images import (
    describe_missing_images,
    find_usable_cases,
    refuse_folds_without_images,
)
from lnmbench.stages.plan.splitting import make_splits
from lnmbench.text import join_first

MOST_OUTCOMES = 12
"""Outcomes that a message names."""


def make_plan(cohort: Cohort, target: Target, protocol: Protocol) -> Plan:
    """Return the cases with a known target, their labels and folds.

    Parameters
    ----------
    cohort
        All cases.
    target
        The target of the protocol, which labels them.
    protocol
        The numbers of repeats and folds, and their seed.

    Raises
    ------
    UserError
        For labels that do not allow the protocol.
    """
    is_usable = find_usable_cases(cohort, protocol)
    labels, outcomes, left_out = _read_target(target, cohort, protocol, is_usable)
    if outcomes is None:
        _refuse_labels(labels, cohort, protocol)
    known = np.flatnonzero(~np.isnan(labels))
    ids = tuple(cohort.ids[case] for case in known)
    patients = [cohort.groups[case] for case in known]
    truth = labels[known]
    if outcomes is None:
        _refuse_few_patients(truth, patients, cohort, protocol)
    else:
        outcomes = replace(outcomes, values=outcomes.values[known])
    splits = make_splits(ids, find_strata(truth, outcomes), patients, protocol)
    if outcomes is None:
        _refuse_single_class_folds(splits, truth, protocol)
    refuse_folds_without_images(cohort, known, splits, protocol)
    notes = [*target.notes(cohort), *left_out]
    notes += _describe_unknown(int(is_usable.sum()) - len(known), cohort, protocol)
    notes += describe_missing_images(cohort, known, protocol)
    return Plan(
        dataset=cohort.name,
        fingerprint=cohort.fingerprint,
        card=cohort.card,
        preprocessing=cohort.preprocessing,
        protocol=protocol,
        ids=ids,
        truth=truth,
        patients=np.unique(patients, return_inverse=True)[1].astype(np.int64),
        splits=splits,
        notes=tuple(notes),
        outcomes=outcomes,
    )


def read_labels(cohort: Cohort, target: Target, plan: Plan) -> NDArray[np.float64]:
    """Return the target of all cases of the cohort, those outside of the plan as well, (n,).

    Parameters
    ----------
    cohort
        The cohort.
    target
        The target of the plan.
    plan
        The plan, which has the outcomes that count.
    """
    if plan.outcomes is None or not isinstance(target, TargetOutcomes):
        return target.labels(cohort)
    outcomes = target.outcomes(cohort)
    return mark_positive(np.stack([outcomes[name] for name in plan.outcomes.names], axis=1))


def _read_target(
    target: Target, cohort: Cohort, protocol: Protocol, is_usable: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], Outcomes | None, list[str]]:
    """Return labels (n,), the outcomes if there are several, and a note on those left out.

    Labels of cases that are not usable are NaN.
    """
    if not isinstance(target, TargetOutcomes):
        labels = target.labels(cohort)
        return labels if is_usable.all() else np.where(is_usable, labels, np.nan), None, []
    outcomes = {
        name: np.where(is_usable, labels, np.nan)
        for name, labels in target.outcomes(cohort).items()
    }
    patients = np.asarray(cohort.groups)
    counts = {
        name: [len(set(patients[labels == value])) for value in (1, 0)]
        for name, labels in outcomes.items()
    }
    usable = [name for name in outcomes if all(_suffices(c, protocol) for c in counts[name])]
    rare = [
        f"{name} ({positive} positive, {negative} negative)"
        for name, (positive, negative) in counts.items()
        if name not in usable
    ]
    if not usable:
        raise UserError(
            f"no outcome of target {protocol.target} has enough patients for the folds",
            where=f"cohort {cohort.name}",
            expected=f"positive and negative ones in each of {protocol.folds} outer folds and"
            f" {protocol.inner} inner ones",
            got=join_first(rare, MOST_OUTCOMES),
            then="use fewer folds, or another target",
        )
    values = np.stack([outcomes[name] for name in usable], axis=1)
    merged = " (the classes that such a cut point separates count as one)"
    note = (
        f"outcomes of {protocol.target} left out, with too few patients for the folds:"
        f" {join_first(rare, MOST_OUTCOMES)}{merged if target.kind == 'ordinal' else ''}"
    )
    usable_outcomes = Outcomes(kind=target.kind, names=tuple(usable), values=values)
    return mark_positive(values), usable_outcomes, [note] if rare else []


def _suffices(count: int, protocol: Protocol) -> bool:
    """Return whether so many patients can be in every outer fold and in every inner one."""
    return count >= protocol.folds and count - -(-count // protocol.folds) >= protocol.inner


def _describe_unknown(count: int, cohort: Cohort, protocol: Protocol) -> list[str]:
    """Return a note on the use of the cases whose target is unknown."""
    if not count:
        if protocol.train_unlabeled:
            return [f"train_unlabeled has no effect: {protocol.target} is known for all cases"]
        return []
    if protocol.train_unlabeled:
        return [
            f"{count} of {len(cohort)} cases only train networks, by their auxiliary tasks:"
            f" {protocol.target} unknown"
        ]
    return [f"{count} of {len(cohort)} cases left out: {protocol.target} unknown"]


def _refuse_labels(labels: NDArray[np.float64], cohort: Cohort, protocol: Protocol) -> None:
    if labels.shape != (len(cohort),):
        raise UserError(
            f"target {protocol.target} returns labels of shape {labels.shape}",
            expected=f"({len(cohort)},)",
        )
    known = labels[~np.isnan(labels)]
    if not len(known):
        raise UserError(f"target {protocol.target} is unknown for all of cohort {cohort.name}")
    wrong = known[(known != 0) & (known != 1)]
    if len(wrong):
        raise UserError(
            f"target {protocol.target} of cohort {cohort.name}",
            expected="0, 1 or missing",
            got=f"{wrong[0]:g}",
        )
    if len(set(known)) == 1:
        raise UserError(
            f"target {protocol.target} has one class only in cohort {cohort.name}",
            expected="positives and negatives",
            got=f"{len(known)} times {known[0]:g}",
        )


def _refuse_few_patients(
    truth: NDArray[np.float64], patients: Sequence[str], cohort: Cohort, protocol: Protocol
) -> None:
    for value, name in ((1, "positive"), (0, "negative")):
        count = len({patients[case] for case in np.flatnonzero(truth == value).tolist()})
        if not _suffices(count, protocol):
            most = max((f for f in range(2, count + 1) if count - -(-count // f) >= 2), default=0)
            raise UserError(
                f"too few {name} patients for the folds",
                where=f"target {protocol.target}, cohort {cohort.name}",
                expected=f"at least one in each of {protocol.folds} outer folds"
                f" and {protocol.inner} inner ones",
                got=f"{count}",
                then=f"try --folds {min(most, 5)} --inner 2" if most else "add cases",
            )


def _refuse_single_class_folds(
    splits: Splits, truth: NDArray[np.float64], protocol: Protocol
) -> None:
    """Raise `UserError` for a fold of one class, which patients with many cases can cause."""
    for repeat, fold in splits.units():
        inner_of = splits.inner[repeat, fold]
        parts = [inner_of < 0]
        for inner in range(protocol.inner):
            parts += [inner_of == inner, (inner_of >= 0) & (inner_of != inner)]
        if any(len(np.unique(truth[part])) < 2 for part in parts):
            raise UserError(
                f"a fold of repeat {repeat} would have one class only",
                where=f"target {protocol.target}",
                expected="positive and negative patients in every inner and outer fold",
                then="use fewer folds: --folds, --inner",
            )
