"""Predictions of a baseline whose inputs are permuted among the test cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import PermutedPredictions, Plan
from lnmbench.stages.run.chunk import Fit
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.permutations import MethodInput, list_inputs, permute_tested

if TYPE_CHECKING:
    import pandas as pd

MOST_NUMBERS = 4_000_000
"""Numbers of permuted test cases that a model predicts at a time: more take too much memory."""

Predict = Callable[[FeatureTable, Plan, Fit], NDArray[np.float64]]
"""Fits a model to the training cases and returns the probabilities of all cases, (n, m)."""


def permuted_table_predictions(
    predict: Predict,
    tables: Sequence[FeatureTable],
    unit: Sequence[Fit],
    plan: Plan,
    *,
    repeat: int,
    count: int,
) -> tuple[PermutedPredictions, ...]:
    """Return the predictions of a unit for each permuted input.

    The permuted test cases are further rows, on which no model is fitted. If they are many, a model
    is fitted again for each part of them.

    Parameters
    ----------
    predict
        Fits and predicts with the settings that the unit chose.
    tables
        The features of each inner fit; columns after those of the cohort are images.
    unit
        The inner fits of the outer fold.
    plan
        The plan.
    repeat
        The repeat.
    count
        The number of permutations.
    """
    table = tables[0]
    inputs = list_inputs(table.cohort_columns, has_images=table.image_columns > 0)
    sources = permute_tested(plan, repeat, unit[0].fold, count)  # (P, t)
    tested = np.flatnonzero(unit[0].test)
    pairs = [(each, permuted) for each in inputs for permuted in sources]
    sums = np.zeros((len(pairs), len(tested), plan.endpoints.shape[1]))
    most = max(1, MOST_NUMBERS // max(1, len(tested) * len(table.columns)))
    for features, fit in zip(tables, unit, strict=True):
        for start in range(0, len(pairs), most):
            part = slice(start, start + most)
            rows = permute_rows(features, pairs[part], tested)
            probabilities = predict(*append_cases(features, plan, fit, rows))[len(plan.ids) :]
            sums[part] += probabilities.reshape(sums[part].shape)
    means = (sums / len(unit)).reshape(len(inputs), *sources.shape, -1)
    return tuple(
        PermutedPredictions(kind=each.kind, name=each.name, values=values)
        for each, values in zip(inputs, means, strict=True)
    )


def permute_rows(
    table: FeatureTable,
    pairs: Sequence[tuple[MethodInput, NDArray[np.int64]]],
    tested: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the test cases once for each pair, with the values of an input from permuted cases.

    Parameters
    ----------
    table
        The features of all cases.
    pairs
        Inputs, each with the cases whose values the t test cases get.
    tested
        The test cases, (t,).

    Returns
    -------
    DataFrame
        (pairs × t, features); the permutations are filled in by column.
    """
    import pandas as pd

    values = table.frame.to_numpy(dtype=np.float64).T  # (features, n)
    rows = np.repeat(values[:, None, tested], len(pairs), axis=1)  # (features, pairs, t)
    changed: dict[MethodInput, list[int]] = {}
    for number, (each, permuted) in enumerate(pairs):
        if each not in changed:
            changed[each] = _positions(table, each)
        rows[changed[each], number] = values[changed[each]][:, permuted]
    return pd.DataFrame(rows.reshape(len(values), -1).T, columns=table.frame.columns)


def _positions(table: FeatureTable, each: MethodInput) -> list[int]:
    """Return the positions of an input in the columns of a table."""
    if each.is_images:
        return list(range(len(table.cohort_columns), len(table.columns)))
    names = {column.name for column in each.columns}
    return [i for i, column in enumerate(table.columns) if column.name in names]


def append_cases(
    table: FeatureTable, plan: Plan, fit: Fit, rows: pd.DataFrame
) -> tuple[FeatureTable, Plan, Fit]:
    """Return the inputs of a fit with further cases, in no part of it and without labels.

    Parameters
    ----------
    table, plan, fit
        The inputs of the fit.
    rows
        The features of the further cases, in the order of the table's.
    """
    import pandas as pd

    frame = pd.concat([table.frame, rows], ignore_index=True)
    further = len(rows)
    outcomes = plan.outcomes
    if outcomes is not None:
        unknown = np.full((further, outcomes.values.shape[1]), np.nan)
        outcomes = replace(outcomes, values=np.concatenate([outcomes.values, unknown]))
    truth = np.concatenate([plan.truth, np.full(further, np.nan)])

    def pad(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.pad(mask, (0, further))

    return (
        replace(table, frame=frame),
        replace(plan, truth=truth, outcomes=outcomes),
        replace(
            fit, training=pad(fit.training), validation=pad(fit.validation), test=pad(fit.test)
        ),
    )
