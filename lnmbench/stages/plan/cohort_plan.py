"""Plan of a benchmark over a cohort: labels of the target, and folds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lnmbench.contracts import Target
from lnmbench.errors import UserError
from lnmbench.records import Cohort, Plan, Protocol, Splits
from lnmbench.stages.plan.splitting import make_splits


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
    labels = target.labels(cohort)
    _refuse_labels(labels, cohort, protocol)
    known = np.flatnonzero(~np.isnan(labels))
    ids = tuple(cohort.ids[case] for case in known)
    patients = [cohort.groups[case] for case in known]
    truth = labels[known]
    _refuse_few_patients(truth, patients, cohort, protocol)
    splits = make_splits(ids, truth, patients, protocol)
    _refuse_single_class_folds(splits, truth, protocol)
    notes = list(target.notes(cohort))
    notes += _describe_unknown(len(cohort) - len(known), cohort, protocol)
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
    )


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
        in_training = count - -(-count // protocol.folds)
        if count < protocol.folds or in_training < protocol.inner:
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
