"""Equations of baselines whose log odds are linear in the features, from their predictions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit

from lnmbench.records import Column, LinearEquation, LinearTerm, Plan
from lnmbench.stages.run.chunk import Fit
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.permuted_tables import append_cases

if TYPE_CHECKING:
    import pandas as pd

Predict = Callable[[FeatureTable, Plan, Fit], NDArray[np.float64]]
MOST_TERMS = 200
"""Terms of an equation that is stored; one with more is left out."""
_MIXTURES = 8
_TOLERANCE = 1e-6
_ZERO = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class _Term:
    column: Column
    category: int | None = None


def find_equations(
    predict: Predict, table: FeatureTable, plan: Plan, fit: Fit
) -> tuple[LinearEquation, ...]:
    """Return the equation of each outcome for a model that is fitted to the training cases.

    The model predicts made-up cases: one at the medians, one for each term that differs from it in
    this term, and some at random. A model whose log odds of these are not the sum over the terms
    has no equation; neither has one of more than `MOST_TERMS` terms.

    Parameters
    ----------
    predict
        Fits a model to the training cases, and returns the probabilities of all cases, (n, m).
    table
        The features.
    plan
        The plan.
    fit
        The training cases.
    """
    terms = list(_list_terms(table.columns))
    cases = _make_cases(table, terms, fit.training)  # (cases, features)
    extended = append_cases(table, plan, fit, _as_frame(table, cases))
    with np.errstate(divide="ignore"):
        predicted = logit(predict(*extended)[len(plan.ids) :])  # (cases, m)
    values = _term_values(table.columns, terms, cases)  # (cases, terms), NaN of the empty case
    equations = []
    names = ("",) if plan.outcomes is None else plan.outcomes.names
    for name, log_odds, labels in zip(names, predicted.T, plan.endpoints.T, strict=True):
        if not np.isfinite(log_odds).all():
            return ()
        training = fit.training & ~np.isnan(labels)
        steps = np.array([values[2 + i, i] - values[0, i] for i in range(len(terms))])
        slopes = (log_odds[2 : 2 + len(terms)] - log_odds[0]) / steps
        slopes[np.abs(slopes * steps) < _ZERO] = 0.0
        intercept = float(log_odds[0] - values[0] @ slopes)
        missing = _missing_values(table, terms, training)
        complete = np.where(np.isnan(values), missing, values)
        expected = intercept + complete @ slopes
        if np.abs(expected - log_odds).max() > _TOLERANCE * max(1.0, np.abs(log_odds).max()):
            return ()
        spreads = [_spread(table, term, training) for term in terms]
        nonzero = [
            _describe(term, float(slope), spread, float(value))
            for term, slope, spread, value in zip(terms, slopes, spreads, missing, strict=True)
            if slope
        ]
        if len(nonzero) > MOST_TERMS:
            return ()
        equations.append(LinearEquation(outcome=name, intercept=intercept, terms=tuple(nonzero)))
    return tuple(equations)


def _list_terms(columns: tuple[Column, ...]) -> Iterator[_Term]:
    for column in columns:
        if column.kind != "nominal":
            yield _Term(column=column)
            continue
        yield from (_Term(column=column, category=i) for i in range(len(column.categories)))


def _make_cases(
    table: FeatureTable, terms: list[_Term], training: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return made-up cases: at the medians, empty, one for each term, and mixtures."""
    known = table.frame.to_numpy(dtype=np.float64)[training]
    positions = {column.name: i for i, column in enumerate(table.columns)}
    base = np.full(len(table.columns), np.nan)
    step = np.ones(len(table.columns))
    for i, column in enumerate(table.columns):
        values = known[:, i][~np.isnan(known[:, i])]
        if column.kind != "nominal":
            base[i] = np.median(values) if len(values) else 0.0
            step[i] = (np.std(values) if len(values) else 0.0) or 1.0
    cases = np.tile(base, (2 + len(terms) + _MIXTURES, 1))
    cases[1] = np.nan
    for row, term in enumerate(terms, start=2):
        i = positions[term.column.name]
        cases[row, i] = base[i] + step[i] if term.category is None else term.category
    generator = np.random.default_rng(0)
    for row in range(2 + len(terms), len(cases)):
        for i, column in enumerate(table.columns):
            if column.kind == "nominal":
                cases[row, i] = generator.integers(len(column.categories))
            else:
                cases[row, i] = base[i] + step[i] * generator.normal()
    return cases


def _as_frame(table: FeatureTable, cases: NDArray[np.float64]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(cases, columns=table.frame.columns)


def _term_values(
    columns: tuple[Column, ...], terms: list[_Term], cases: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the factor of each term for each case, NaN if it is missing, (cases, terms)."""
    positions = {column.name: i for i, column in enumerate(columns)}
    values = np.empty((len(cases), len(terms)))
    for number, term in enumerate(terms):
        column = cases[:, positions[term.column.name]]
        values[:, number] = column if term.category is None else column == term.category
    return values


def _missing_values(
    table: FeatureTable, terms: list[_Term], training: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the value of each term for a missing feature: the median, 0 of a category."""
    return np.array([_median(table, term, training) for term in terms])


def _median(table: FeatureTable, term: _Term, training: NDArray[np.bool_]) -> float:
    known = table.frame[term.column.name].to_numpy(dtype=np.float64)[training]
    known = known[~np.isnan(known)]
    return float(np.median(known)) if term.category is None and len(known) else 0.0


def _spread(table: FeatureTable, term: _Term, training: NDArray[np.bool_]) -> float:
    known = table.frame[term.column.name].to_numpy(dtype=np.float64)[training]
    known = known[~np.isnan(known)]
    return float(np.std(known)) if term.category is None and len(known) else 0.0


def _describe(term: _Term, coefficient: float, sd: float, missing: float) -> LinearTerm:
    column = term.column
    return LinearTerm(
        feature=column.name,
        category="" if term.category is None else column.categories[term.category],
        coefficient=coefficient,
        sd=sd,
        missing=missing,
    )
