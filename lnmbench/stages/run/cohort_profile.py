"""Profile of a plan's cases: counts and quartiles of every column, near-duplicate images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TEXT_ROLES, Cohort, Column, Plan, Profile, Summary, Variable
from lnmbench.stages.run.near_duplicates import find_near_duplicates
from lnmbench.stats.categories import shares
from lnmbench.stats.discrimination import auc


def make_profile(cohort: Cohort, cohort_file: Path, plan: Plan) -> Profile:
    """Return counts and quartiles of every column, and the cases that share an image.

    Parameters
    ----------
    cohort
        The cohort.
    cohort_file
        The file with its slices, which is read if the cohort has images.
    plan
        The cases, their labels and patients.

    Raises
    ------
    UserError
        For a cohort file that cannot be read.
    """
    positions = cohort.positions(plan.ids)
    columns = [c for c in cohort.columns if c.role not in (*TEXT_ROLES, "report")]
    return Profile(
        variables=tuple(
            _variable(column, np.asarray(cohort.values[column.name], float)[positions], plan.truth)
            for column in columns
        ),
        near_duplicates=find_near_duplicates(cohort, cohort_file, positions, plan.patients),
    )


def _variable(column: Column, values: NDArray[np.float64], truth: NDArray[np.float64]) -> Variable:
    return Variable(
        name=column.name,
        role=column.role,
        kind=column.kind,
        known=column.known,
        label=column.label,
        unit=column.unit,
        categories=column.categories,
        everyone=_summary(column, values),
        negative=_summary(column, values[truth == 0]),
        positive=_summary(column, values[truth == 1]),
        separation=_separation(column, values, truth),
    )


def _summary(column: Column, values: NDArray[np.float64]) -> Summary:
    known = values[~np.isnan(values)]
    summary = Summary(known=len(known), missing=len(values) - len(known))
    if column.kind == "continuous":
        if not len(known):
            return summary
        low, middle, high = (float(q) for q in np.quantile(known, (0.25, 0.5, 0.75)))
        return replace(summary, quartiles=(low, middle, high))
    counts = np.bincount(known.astype(np.int64), minlength=len(column.categories))
    return replace(summary, counts=tuple(counts.tolist()))


def _separation(column: Column, values: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    known = ~np.isnan(values)
    score, labels = values[known], truth[known]
    if len(np.unique(labels)) < 2:
        return float("nan")
    if column.kind == "nominal":
        score = shares(score, labels)
    area = auc(labels, score)
    return max(area, 1.0 - area)
