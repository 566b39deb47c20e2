"""Predictions that are not trained, for the cases and repeats of a plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError, reading
from lnmbench.records import Cohort, Plan, PredictionScale
from lnmbench.registry.boundary.predictions import GuardedPredictions
from lnmbench.text import plural


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlannedPredictions:
    """Predictions of the cases of a plan, (repeats, n), NaN if a `partial` method lacks them."""

    label: str
    values: NDArray[np.float64]
    scale: PredictionScale
    partial: bool
    notes: tuple[str, ...] = ()
    rating_range: tuple[float, float] | None = None

    @property
    def covered(self) -> NDArray[np.bool_]:
        """True for the cases with a prediction, (n,)."""
        return np.asarray(~np.isnan(self.values).any(axis=0))


def plan_predictions(
    baseline: GuardedPredictions,
    cohort: Cohort,
    plan: Plan,
    find_case: Callable[[str], int | None],
    *,
    label: str,
) -> PlannedPredictions:
    """Return the fixed predictions of a baseline for the cases of a plan.

    Parameters
    ----------
    baseline
        The baseline.
    cohort
        The cohort.
    plan
        The plan.
    find_case
        Finds the position of a case by its id.
    label
        The label of the method, for messages.

    Raises
    ------
    UserError
        For a target with several outcomes, other repeats or folds, and cases without a prediction.
    """
    where, protocol = f"baseline {label}", plan.protocol
    if plan.outcomes is not None:
        raise UserError(
            f"target {protocol.target} has several outcomes, and the predictions are of one",
            where=where,
            then="choose a binary target, e.g. --target n2",
        )
    predictions = baseline.predict_cases(cohort, find_case)
    cases = cohort.positions(plan.ids)
    values = np.atleast_2d(predictions.values)[:, cases]
    if len(values) not in (1, protocol.repeats) or (
        len(values) == 1 < protocol.repeats and predictions.values.ndim == 2
    ):
        raise UserError(
            "the predictions are of other repeats",
            where=where,
            expected=plural(protocol.repeats, "repeat"),
            got=str(len(values)),
            then=f"run with --repeats {len(values)}",
        )
    if predictions.folds is not None:
        _refuse_other_folds(predictions.folds[:, cases], plan, where)
    values = np.broadcast_to(values, (protocol.repeats, len(cases))).copy()
    planned = PlannedPredictions(
        label=predictions.label or label,
        values=values,
        scale=predictions.scale,
        partial=predictions.partial,
        notes=predictions.notes,
        rating_range=predictions.rating_range,
    )
    return _require_coverage(planned, plan, where, cause=predictions.missing)


def hash_files(parameters: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the SHA-256 of each file that a parameter names, by parameter.

    Raises `UserError` for a file that cannot be read.
    """
    checksums = []
    for name, value in parameters.items():
        if isinstance(value, Path) and value.is_file():
            with reading(value), value.open("rb") as file:
                checksums.append((name, hashlib.file_digest(file, "sha256").hexdigest()))
    return tuple(checksums)


def _refuse_other_folds(folds: NDArray[np.int64], plan: Plan, where: str) -> None:
    """Raise `UserError` if a prediction was made for another outer fold than that of the plan."""
    stated = folds >= 0
    wrong = int((stated & (folds != plan.splits.outer)).sum())
    if wrong:
        raise UserError(
            f"{wrong} of {plural(int(stated.sum()), 'prediction')} are of another outer fold",
            where=where,
            expected="the folds of this run: a model that trained on a test case predicts it",
            then="make the predictions with splits.csv of lnmbench export",
        )


def _require_coverage(
    planned: PlannedPredictions, plan: Plan, where: str, *, cause: str
) -> PlannedPredictions:
    """Return the predictions, or raise `UserError` for cases that lack one."""
    covered, n = planned.covered, len(plan.ids)
    lacking = n - int(covered.sum())
    if not lacking:
        return replace(planned, partial=False)
    if not planned.partial:
        raise UserError(
            f"no prediction for {lacking} of {plural(n, 'case')} with a known"
            f" {plan.protocol.target}",
            where=where,
            expected="one for each case, in each repeat",
            got=cause,
            then="add them, or set coverage=partial to compare on the other cases alone",
        )
    truth = plan.truth[covered]
    counts = [int((truth == value).sum()) for value in (1.0, 0.0)]
    if min(counts) < 2:
        raise UserError(
            "too few cases have a prediction",
            where=where,
            expected="at least two positive and two negative ones",
            got=f"{counts[0]} and {counts[1]}",
            then="check the ids, or omit the method",
        )
    values = np.where(covered, planned.values, np.nan)
    note = (
        f"{planned.label}: predictions of {n - lacking} of {n} cases; it is compared on these"
        " alone, in a section of its own"
    )
    return replace(planned, values=values, notes=(*planned.notes, note))
