"""Profile of a plan's cases: counts and quartiles of every column, near-duplicate images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import (
    TEXT_ROLES,
    CenterCounts,
    Cohort,
    Column,
    ImageCounts,
    LeakSigns,
    Plan,
    Profile,
    Summary,
    Variable,
)
from lnmbench.stages.run.near_duplicates import find_near_duplicates
from lnmbench.stats.leakage import (
    describe_exact_signs,
    describe_implausible_signs,
    find_separating_pairs,
    find_signs,
    is_exact,
)


def make_profile(
    cohort: Cohort, cohort_file: Path, plan: Plan, images: ImageCounts | None = None
) -> Profile:
    """Return counts and quartiles of every column, and the cases that share an image.

    Parameters
    ----------
    cohort
        The cohort.
    cohort_file
        The file with its slices, which is read if the cohort has images.
    plan
        The cases, their labels and patients.
    images
        The numbers of cases with and without images.

    Raises
    ------
    UserError
        For a cohort file that cannot be read.
    """
    positions = cohort.positions(plan.ids)
    columns = [c for c in cohort.columns if _is_described(c)]
    values = {c.name: np.asarray(cohort.values[c.name], float)[positions] for c in columns}
    variables = tuple(_variable(column, values[column.name], plan) for column in columns)
    numbers = {
        variable.name: values[variable.name]
        for variable in variables
        if variable.kind == "continuous" and variable.signs and not is_exact(variable.signs)
    }
    return Profile(
        variables=variables,
        near_duplicates=find_near_duplicates(cohort, cohort_file, positions, plan.patients),
        separating_pairs=tuple(
            dict.fromkeys(
                pair
                for labels in plan.endpoints.T
                for pair in find_separating_pairs(numbers, labels)
            )
        ),
        centers=_count_centers(cohort, positions, plan.truth),
        images=images,
    )


def _is_described(column: Column) -> bool:
    """Return whether a column enters a model or is a label of a task."""
    if column.role == "aux":
        return column.label is not None
    return column.role not in (*TEXT_ROLES, "report")


def _count_centers(
    cohort: Cohort, positions: NDArray[np.int64], truth: NDArray[np.float64]
) -> tuple[CenterCounts, ...]:
    column = next((column for column in cohort.columns if column.role == "center"), None)
    if column is None:
        return ()
    names = np.asarray(cohort.values[column.name])[positions]
    counts = (
        CenterCounts(
            cases=int((names == name).sum()), positives=int((truth[names == name] == 1).sum())
        )
        for name in np.unique(names[names != ""])
    )
    return tuple(sorted(counts, key=lambda center: (-center.cases, -center.positives)))


def _variable(column: Column, values: NDArray[np.float64], plan: Plan) -> Variable:
    truth = plan.truth
    return Variable(
        name=column.name,
        role=column.role,
        kind=column.kind,
        known=column.known,
        label=column.label,
        unit=column.unit,
        categories=column.categories,
        modality=column.modality,
        everyone=_summary(column, values),
        negative=_summary(column, values[truth == 0]),
        positive=_summary(column, values[truth == 1]),
        signs=_find_signs(column, values, plan) if column.role == "feature" else None,
    )


def _find_signs(column: Column, values: NDArray[np.float64], plan: Plan) -> LeakSigns:
    """Return the signs that a feature contains the target; of several outcomes, the clearest."""
    signs = []
    for labels in plan.endpoints.T:
        known = ~np.isnan(labels)
        nominal = column.kind == "nominal"
        signs.append(find_signs(values[known], labels[known], nominal=nominal))
    return max(signs, key=_clarity)


def _clarity(signs: LeakSigns) -> tuple[bool, bool, float]:
    area = max(signs.auc or 0.0, signs.missing_auc or 0.0)
    return bool(describe_exact_signs(signs)), bool(describe_implausible_signs(signs)), area


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
