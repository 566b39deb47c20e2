"""Baselines of a chunk: classical models, tuned on the inner folds."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame
from lnmbench.records import (
    TARGET,
    BaselineMethod,
    Cohort,
    Column,
    LinearEquation,
    PermutedPredictions,
    Plan,
    Trial,
    UnitEquations,
    UnitResult,
    feature_modalities,
    feature_selection,
    printable_settings,
)
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.chunk import BaselineChunk, Fit, list_fits, unit_result
from lnmbench.stages.run.feature_table import FeatureTable, describe_selections
from lnmbench.stages.run.linear_equation import find_equations
from lnmbench.stages.run.outer_fold import best_trial, mark_best
from lnmbench.stages.run.permuted_tables import permuted_table_predictions
from lnmbench.text import clean

_MOST_NOTES, _LONGEST_NOTE = 3, 160


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Completion:
    """The features that a model gets besides the clinical ones, and that differ between fits.

    `settings` are candidates of these features; `tables` returns a table for each of them, which
    begins with the clinical features.
    """

    settings: Sequence[Mapping[str, object]]
    tables: Callable[[FeatureTable, Fit], Sequence[FeatureTable]]


def baseline_results(
    chunk: BaselineChunk,
    cohort: Cohort,
    baseline: GuardedBaseline,
    completion: Completion | None = None,
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
    completion
        Adds the columns that differ between fits to the clinical features.
    """
    from threadpoolctl import threadpool_limits

    table = cohort_table(chunk.method, cohort, chunk.plan)
    planned = list(list_fits(chunk.plan, chunk.repeat))
    with threadpool_limits(1):  # small matrices: more threads only wait for each other
        return [
            _unit(chunk, [fit for fit in planned if fit.fold == fold], baseline, table, completion)
            for fold in chunk.folds
        ]


def cohort_table(method: BaselineMethod, cohort: Cohort, plan: Plan) -> FeatureTable:
    """Return the features of the cohort that a baseline gets.

    Parameters
    ----------
    method
        The baseline.
    cohort
        The cohort.
    plan
        The plan, which has the cases.
    """
    cohort = cohort.select_modalities(feature_modalities(method.baseline))
    return FeatureTable(
        columns=cohort.features,
        frame=feature_frame(cohort, cohort.positions(plan.ids)),
        selection=feature_selection(method.baseline),
    )


def _unit(
    chunk: BaselineChunk,
    unit: Sequence[Fit],
    baseline: GuardedBaseline,
    table: FeatureTable,
    completion: Completion | None,
) -> UnitResult:
    variants = ({},) if completion is None else completion.settings
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        of_fits = [
            (table,) if completion is None else completion.tables(table, fit) for fit in unit
        ]
        fits = [
            [_fit_outcomes(baseline, features, chunk.plan, fit) for features in variants_of_fit]
            for variants_of_fit, fit in zip(of_fits, unit, strict=True)
        ]
    candidates = [
        {**variant, **settings} for variant in variants for settings in baseline.candidates()
    ]
    losses_of_fits = ([loss for each in fit for loss in each.losses] for fit in fits)
    trials = [
        Trial(candidate=number, settings=printable_settings(settings), losses=losses)
        for number, (settings, losses) in enumerate(
            zip(candidates, zip(*losses_of_fits, strict=True), strict=True), start=1
        )
    ]
    variant, chosen = divmod(best_trial(trials).candidate - 1, len(baseline.candidates()))
    tables = [variants_of_fit[variant] for variants_of_fit in of_fits]
    fitted = [fit[variant] for fit in fits]
    predictions = np.stack([each.probabilities[chosen] for each in fitted])  # (fits, n, m)
    predictions = _order(predictions, chunk.plan)
    count, search = len(unit) * len(trials), mark_best(trials)
    return replace(
        unit_result(chunk, unit, {TARGET: predictions}, fits=count, search=search),
        notes=_describe_warnings(caught),
        permuted=_permute_inputs(chunk, unit, baseline, tables, chosen),
        equations=_find_equations(chunk, unit, baseline, tables, chosen),
        selections=describe_selections(table, [each.selected for each in fitted]),
    )


def _permute_inputs(
    chunk: BaselineChunk,
    unit: Sequence[Fit],
    baseline: GuardedBaseline,
    tables: Sequence[FeatureTable],
    chosen: int,
) -> tuple[PermutedPredictions, ...]:
    """Return the predictions with permuted inputs, of models fitted again as those of the unit."""
    if not chunk.importance:
        return ()
    settings = baseline.candidates()[chosen]

    def predict(table: FeatureTable, plan: Plan, fit: Fit) -> NDArray[np.float64]:
        return predict_cases(baseline, table, plan, fit, settings)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the unit has a note of them
        return permuted_table_predictions(
            predict, tables, unit, chunk.plan, repeat=chunk.repeat, count=chunk.importance
        )


def _find_equations(
    chunk: BaselineChunk,
    unit: Sequence[Fit],
    baseline: GuardedBaseline,
    tables: Sequence[FeatureTable],
    chosen: int,
) -> UnitEquations | None:
    """Return the equations of the models of a unit, which features of images do not have."""
    if not chunk.importance or chunk.method.network is not None or not baseline.has_equation():
        return None
    settings = baseline.candidates()[chosen]
    fits = [
        fit_equations(baseline, table, chunk.plan, fit, settings)
        for table, fit in zip(tables, unit, strict=True)
    ]
    return UnitEquations(fits=tuple(fits)) if all(fits) else None


def fit_equations(
    baseline: GuardedBaseline,
    table: FeatureTable,
    plan: Plan,
    fit: Fit,
    settings: Mapping[str, object],
) -> tuple[LinearEquation, ...]:
    """Return the equation of each outcome of a baseline that is fitted to the training cases.

    Parameters
    ----------
    baseline
        A baseline that has an equation.
    table
        The features.
    plan
        The plan.
    fit
        The training cases.
    settings
        The candidate.
    """

    def predict(table: FeatureTable, plan: Plan, fit: Fit) -> NDArray[np.float64]:
        (probabilities,) = _predict(baseline, table, plan, fit, [settings])
        return probabilities

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return find_equations(predict, table, plan, fit)


def predict_cases(
    baseline: GuardedBaseline,
    table: FeatureTable,
    plan: Plan,
    fit: Fit,
    settings: Mapping[str, object],
) -> NDArray[np.float64]:
    """Return the probabilities (n, m) of a baseline that is fitted to the training cases of a fit.

    Parameters
    ----------
    baseline
        The baseline.
    table
        The features.
    plan
        The plan.
    fit
        The training cases.
    settings
        The candidate.
    """
    (probabilities,) = _predict(baseline, table, plan, fit, [settings])
    return _order(probabilities, plan)


def _order(probabilities: NDArray[np.float64], plan: Plan) -> NDArray[np.float64]:
    """Return probabilities (…, m) that do not increase over the cut points of ordered classes."""
    return (
        np.minimum.accumulate(probabilities, axis=-1) if plan.kind == "ordinal" else probabilities
    )


def _describe_warnings(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return a note on each kind of warning while models were fitted, such as no convergence."""
    lines = (f"{each.category.__name__}: {each.message}".splitlines()[0] for each in caught)
    notes = [clean(line)[:_LONGEST_NOTE] for line in dict.fromkeys(lines)]
    return tuple(f"while fitting, {note}" for note in notes[:_MOST_NOTES])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _FittedCandidates:
    """Each candidate's log loss, as that of networks, and probabilities (n, m).

    `selected` are the columns that the model of each outcome gets; None without a model.
    """

    losses: list[float]
    probabilities: list[NDArray[np.float64]]
    selected: list[tuple[Column, ...] | None]


def _fit_outcomes(
    baseline: GuardedBaseline, table: FeatureTable, plan: Plan, fit: Fit
) -> _FittedCandidates:
    """Return the losses and probabilities of the candidates in an inner fit."""
    from sklearn.metrics import log_loss

    selected: list[tuple[Column, ...] | None] = []
    predicted = _predict(baseline, table, plan, fit, baseline.candidates(), selected)
    truth = plan.endpoints[fit.validation]  # (v, m)
    by_candidate = [p[fit.validation] for p in predicted]
    if plan.outcomes is None:
        losses = [float(log_loss(truth[:, 0], p[:, 0], labels=[0.0, 1.0])) for p in by_candidate]
    else:
        losses = [_mean_loss(truth, p) for p in by_candidate]
    return _FittedCandidates(losses=losses, probabilities=predicted, selected=selected)


def _predict(
    baseline: GuardedBaseline,
    table: FeatureTable,
    plan: Plan,
    fit: Fit,
    candidates: Sequence[Mapping[str, object]],
    selected_columns: list[tuple[Column, ...] | None] | None = None,
) -> list[NDArray[np.float64]]:
    """Return each candidate's probabilities (n, m).

    Each outcome has a model of its own, fitted to the cases in which it is known. All have the same
    candidate. Where training has one class of an outcome, its prevalence is predicted. The columns
    of each model are appended to `selected_columns`, None without a model.
    """
    by_outcome = []
    appended = [] if selected_columns is None else selected_columns
    for labels in plan.endpoints.T:
        training = fit.training & ~np.isnan(labels)
        positive, known = float(labels[training].sum()), int(training.sum())
        if plan.outcomes is not None and not 0 < positive < known:
            # half a case counts as the other class, as for the intercepts of networks
            share = np.clip(positive, 0.5, known - 0.5) / known if known else 0.5
            by_outcome.append([np.full(len(labels), share) for _ in candidates])
            appended.append(None)
            continue
        selected = table.select(labels, training)
        appended.append(selected.columns)
        estimator = baseline.estimator(selected.columns)
        # once for all candidates
        model, features = estimator.fit_steps(selected.frame, labels, training)
        by_outcome.append(
            [model.probabilities(settings, features, labels, training) for settings in candidates]
        )
    return [np.stack(columns, axis=1) for columns in zip(*by_outcome, strict=True)]


def _mean_loss(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> float:
    """Return the log loss (v, m): the mean over cases of the mean over known outcomes."""
    known = ~np.isnan(truth)
    likelihood = np.where(truth == 1, predicted, 1.0 - predicted)
    losses = -np.log(likelihood.clip(np.finfo(np.float64).eps))
    by_case = np.where(known, losses, 0.0).sum(axis=1) / known.sum(axis=1)
    return float(by_case.mean())
