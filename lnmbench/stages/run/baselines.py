"""Baselines of a chunk: classical models, tuned on the inner folds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame
from lnmbench.feature_selection import list_wide, select_columns
from lnmbench.records import (
    TARGET,
    Cohort,
    Column,
    FeatureSelection,
    Plan,
    Trial,
    UnitResult,
    feature_modalities,
    feature_selection,
)
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.chunk import BaselineChunk, Fit, list_fits, unit_result
from lnmbench.stages.run.outer_fold import best_trial, mark_best
from lnmbench.text import clean

if TYPE_CHECKING:
    import pandas as pd

NO_SELECTION = FeatureSelection()
_MOST_NOTES, _LONGEST_NOTE = 3, 160


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FeatureTable:
    """The features of all cases of a plan: columns and a DataFrame (n, features)."""

    columns: tuple[Column, ...]
    frame: pd.DataFrame
    selection: FeatureSelection = NO_SELECTION

    def join(self, columns: Sequence[Column], values: NDArray[np.float64]) -> FeatureTable:
        """Return the table with further columns.

        Parameters
        ----------
        columns
            The m columns, with names that the table does not have.
        values
            Their values, (n, m).
        """
        import pandas as pd

        others = pd.DataFrame(values, columns=[column.name for column in columns])
        frame = pd.concat([self.frame, others], axis=1)
        return replace(self, columns=(*self.columns, *columns), frame=frame)

    def select(self, labels: NDArray[np.float64], training: NDArray[np.bool_]) -> FeatureTable:
        """Return the table with the features that are selected on the training cases.

        Parameters
        ----------
        labels
            The labels, (n,).
        training
            The training cases, (n,).
        """
        if not list_wide(self.columns, self.selection):
            return self
        values = self.frame.to_numpy(dtype=np.float64)[training]
        selected = select_columns(self.columns, values, labels[training], self.selection)
        return replace(
            self,
            columns=tuple(self.columns[i] for i in selected),
            frame=self.frame.iloc[:, selected],
        )


def baseline_results(
    chunk: BaselineChunk,
    cohort: Cohort,
    baseline: GuardedBaseline,
    complete: Callable[[FeatureTable, Fit], FeatureTable] | None = None,
) -> list[UnitResult]:
    """Return the results of the chunk's units.

    Parameters
    ----------
    chunk
        The method, the repeat and the outer folds.
    cohort
        The cohort of the chunk.
    baseline
        The baseline of the method.
    complete
        Adds the columns that differ between fits to the clinical features.
    """
    from threadpoolctl import threadpool_limits

    cohort = cohort.select_modalities(feature_modalities(chunk.method.baseline))
    frame = feature_frame(cohort, cohort.positions(chunk.plan.ids))
    selection = feature_selection(chunk.method.baseline)
    table = FeatureTable(columns=cohort.features, frame=frame, selection=selection)
    planned = list(list_fits(chunk.plan, chunk.repeat))
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        return [
            _unit(chunk, [fit for fit in planned if fit.fold == fold], baseline, table, complete)
            for fold in chunk.folds
        ]


def _unit(
    chunk: BaselineChunk,
    unit: Sequence[Fit],
    baseline: GuardedBaseline,
    table: FeatureTable,
    complete: Callable[[FeatureTable, Fit], FeatureTable] | None,
) -> UnitResult:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        tables = [table if complete is None else complete(table, fit) for fit in unit]
        fitted = [
            _fit_outcomes(baseline, features, chunk.plan, fit)
            for features, fit in zip(tables, unit, strict=True)
        ]
    by_candidate = zip(*(losses for losses, _ in fitted), strict=True)
    trials = [
        Trial(candidate=number, settings=dict(settings), losses=losses)
        for number, (settings, losses) in enumerate(
            zip(baseline.candidates(), by_candidate, strict=True), start=1
        )
    ]
    chosen = best_trial(trials).candidate - 1
    predictions = np.stack([p[chosen] for _, p in fitted])  # (fits, n, m)
    if chunk.plan.kind == "ordinal":
        predictions = np.minimum.accumulate(predictions, axis=2)
    return unit_result(
        chunk,
        unit,
        {TARGET: predictions},
        fits=len(unit) * len(trials),
        search=mark_best(trials),
        notes=_describe_warnings(caught),
    )


def _describe_warnings(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return a note on each kind of warning while models were fitted, such as no convergence."""
    lines = (f"{each.category.__name__}: {each.message}".splitlines()[0] for each in caught)
    notes = [clean(line)[:_LONGEST_NOTE] for line in dict.fromkeys(lines)]
    return tuple(f"while fitting, {note}" for note in notes[:_MOST_NOTES])


def _fit_outcomes(
    baseline: GuardedBaseline, table: FeatureTable, plan: Plan, fit: Fit
) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Return each candidate's log loss, as that of networks, and probabilities (n, m).

    Each outcome has a model of its own, fitted to the cases in which it is known. All have the same
    candidate.
    """
    if plan.outcomes is None:
        losses, binary = _fit_candidates(baseline, table, plan.truth, fit)
        return losses, [p[:, None] for p in binary]
    by_outcome = [_fit_outcome(baseline, table, y, fit) for y in plan.endpoints.T]
    probabilities = [np.stack(columns, axis=1) for columns in zip(*by_outcome, strict=True)]
    truth = plan.endpoints[fit.validation]  # (v, m)
    return [_mean_loss(truth, p[fit.validation]) for p in probabilities], probabilities


def _fit_outcome(
    baseline: GuardedBaseline,
    table: FeatureTable,
    labels: NDArray[np.float64],
    fit: Fit,
) -> list[NDArray[np.float64]]:
    """Return each candidate's probabilities (n,); the prevalence where training has one class."""
    training = fit.training & ~np.isnan(labels)
    positive, known = float(labels[training].sum()), int(training.sum())
    if not 0 < positive < known:
        # half a case counts as the other class, as for the intercepts of networks
        share = np.clip(positive, 0.5, known - 0.5) / known if known else 0.5
        return [np.full(len(labels), share) for _ in baseline.candidates()]
    table = table.select(labels, training)
    estimator = baseline.estimator(table.columns)
    model, features = estimator.fit_steps(table.frame, labels, training)
    return [
        model.probabilities(candidate, features, labels, training)
        for candidate in baseline.candidates()
    ]


def _mean_loss(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """Return the log loss (v, m): the mean over cases of the mean over known outcomes."""
    known = ~np.isnan(truth)
    likelihood = np.where(truth == 1, predicted, 1.0 - predicted)
    losses = -np.log(likelihood.clip(np.finfo(np.float64).eps))
    by_case = np.where(known, losses, 0.0).sum(axis=1) / known.sum(axis=1)
    return float(by_case.mean())


def _fit_candidates(
    baseline: GuardedBaseline,
    table: FeatureTable,
    truth: NDArray[np.float64],
    fit: Fit,
) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Return each candidate's log loss on the inner validation fold, and probabilities (n,)."""
    from sklearn.metrics import log_loss

    table = table.select(truth, fit.training)
    estimator = baseline.estimator(table.columns)
    model, features = estimator.fit_steps(
        table.frame, truth, fit.training
    )  # once for all candidates
    losses, probabilities = [], []
    for candidate in baseline.candidates():
        p = model.probabilities(candidate, features, truth, fit.training)
        losses.append(float(log_loss(truth[fit.validation], p[fit.validation], labels=[0.0, 1.0])))
        probabilities.append(p)
    return losses, probabilities
