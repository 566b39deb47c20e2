"""Equations of linear models: log odds as a sum over features and categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearTerm:
    """A term of an equation: a coefficient times a feature, or times 1 for one of its categories.

    `coefficient` is the change of the log odds for one unit of the feature, or for the category.
    `sd` is the standard deviation of the feature in the training cases, 0 of a category. `missing`
    is the value that replaces a missing one, the median.
    """

    feature: str
    category: str = ""
    coefficient: float
    sd: float = 0.0
    missing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearEquation:
    """The log odds of an outcome: the intercept plus the terms; terms of zero are left out.

    `outcome` is empty for a binary target.
    """

    outcome: str = ""
    intercept: float
    terms: tuple[LinearTerm, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEquations:
    """The equations of each inner fit of a unit, one for each outcome."""

    fits: tuple[tuple[LinearEquation, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalModel:
    """A model that is fitted to all cases of the plan, with the settings chosen most often.

    The scores of a report are not those of this model but of the fits of the cross-validation.
    `chosen` of all `units` chose these settings.
    """

    settings: Mapping[str, object]
    chosen: int
    units: int
    cases: int
    equations: tuple[LinearEquation, ...]
