"""Predictions of a baseline whose inputs are permuted among the test cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import PermutedPredictions, Plan
from lnmbench.stages.run.chunk import Fit
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.permutations import MethodInput, list_inputs, permute_tested

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
            rows = [_permute(features, each, tested, permuted) for each, permuted in pairs[part]]
            probabilities = predict(*append_cases(features, plan, fit, rows))[len(plan.ids) :]
            sums[part] += probabilities.reshape(sums[part].shape)
    means = (sums / len(unit)).reshape(len(inputs), *sources.shape, -1)
    return tuple(
        PermutedPredictions(kind=each.kind, name=each.name, values=values)
        for each, values in zip(inputs, means, strict=True)
    )


def _permute(
    table: FeatureTable, each: MethodInput, tested: NDArray[np.int64], permuted: NDArray[np.int64]
) -> FeatureTable:
    """Return the test cases, with the values of an input from the permuted ones."""
    frame = table.frame.iloc[tested].copy()
    positions = list(range(len(table.cohort_columns), len(table.columns)))
    if not each.is_images:
        names = {column.name for column in each.columns}
        positions = [i for i, column in enumerate(table.columns) if column.name in names]
    frame.iloc[:, positions] = table.frame.iloc[permuted, positions].to_numpy()
    return replace(table, frame=frame)


def append_cases(
    table: FeatureTable, plan: Plan, fit: Fit, rows: Sequence[FeatureTable]
) -> tuple[FeatureTable, Plan, Fit]:
    """Return the inputs of a fit with further cases, in no part of it and without labels.

    Parameters
    ----------
    table, plan, fit
        The inputs of the fit.
    rows
        The features of the further cases.
    """
    import pandas as pd

    frame = pd.concat([table.frame, *(each.frame for each in rows)], ignore_index=True)
    further = len(frame) - len(table.frame)
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
