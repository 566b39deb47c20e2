"""Linear predictor of a score for the cases of a cohort."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench import Column, UserError
from lnmbench.text import fold_spelling, join_first, quote
from lnmbench_scores.coefficient_file import CoefficientFile, Term, Transform, Variable
from lnmbench_scores.mapped_columns import find_named
from lnmbench_scores.units import conversion_factor

MOST_NAMES = 12
_TRANSFORMS: Mapping[Transform, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "identity": lambda x: x,
    "log": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "square": np.square,
    "inverse_sqrt": lambda x: 1.0 / np.sqrt(x),
}
_NEEDS_POSITIVE = ("log", "log10", "inverse_sqrt")
_COMPARISONS: Mapping[str, Callable[[NDArray[np.float64], float], NDArray[np.bool_]]] = {
    "at_least": np.greater_equal,
    "above": np.greater,
    "at_most": np.less_equal,
    "below": np.less,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The column of a variable: the factor of its unit, or the indices of its categories."""

    column: str
    factor: float = 1.0
    positive: tuple[float, ...] = ()


def parse_mapping(text: str, score: CoefficientFile, *, where: str) -> dict[str, str]:
    """Return the columns of variables from `VARIABLE:COLUMN+VARIABLE:COLUMN`.

    Raises `UserError` for another text and for a variable that the score lacks.
    """
    mapping: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split("+"))):
        variable, colon, column = (part.strip() for part in pair.partition(":"))
        if not colon or not column or variable not in score.variables:
            raise UserError(
                "wrong value for columns",
                where=where,
                expected=f"VARIABLE:COLUMN, joined by +, of {', '.join(score.variables)}",
                got=repr(pair[:60]),
            )
        if mapping.setdefault(variable, column) != column:
            raise UserError(
                f"two columns for the variable {variable}",
                where=where,
                expected="one column",
                got=f"{quote(mapping[variable])} and {quote(column)}",
                then="omit one from the parameter columns",
            )
    return mapping


def find_sources(
    score: CoefficientFile, columns: Sequence[Column], mapping: Mapping[str, str], *, where: str
) -> dict[str, Source]:
    """Return the column of each variable of a score.

    It is the one that the user maps, else the feature whose label or name is that of the variable
    or of the column that the file names.

    Parameters
    ----------
    score
        The score.
    columns
        The columns of the cohort.
    mapping
        The user's names of columns, by variable.
    where
        The score in messages.

    Raises
    ------
    UserError
        For a variable without a column, with its name, and a column of another kind or unit.
    """
    features = [column for column in columns if column.role == "feature"]
    chosen = {
        name: find_named(features, mapping[name], parameter="columns", where=where)
        if name in mapping
        else _find_column(name, variable, features, where)
        for name, variable in score.variables.items()
    }
    lacking = [name for name, column in chosen.items() if column is None]
    if lacking:
        described = [f"{name} ({score.variables[name].description})" for name in lacking]
        raise UserError(
            f"the cohort lacks {join_first(described, MOST_NAMES)}",
            where=where,
            expected="a feature with the name or label of each variable",
            then="map columns with columns=VARIABLE:COLUMN, add them, or omit the score",
        )
    return {
        name: _read_source(score.variables[name], column, where=where)
        for name, column in chosen.items()
        if column is not None
    }


def linear_terms(
    score: CoefficientFile,
    sources: Mapping[str, Source],
    values: Mapping[str, NDArray[np.float64]],
    *,
    where: str,
) -> NDArray[np.float64]:
    """Return each term of the linear predictor, (n, terms), NaN for a missing value.

    Parameters
    ----------
    score
        The score.
    sources
        What `find_sources` returned.
    values
        The values of columns by name, (n,): numbers, or indices of categories.
    where
        The score in messages.

    Raises
    ------
    UserError
        For a number that a transformation does not allow.
    """
    terms = []
    for term in score.terms:
        source = sources[term.variable]
        cells = values[source.column].astype(np.float64)
        if source.positive:
            number = np.where(np.isnan(cells), np.nan, np.isin(cells, source.positive))
        else:
            number = cells * source.factor
        terms.append(term.coefficient * _transform(term, number, where))
    return np.stack(terms, axis=1)


def _find_column(
    name: str, variable: Variable, features: Sequence[Column], where: str
) -> Column | None:
    spellings = {_normalize(each) for each in (name, variable.column) if each}
    labeled = [c for c in features if c.label and _normalize(c.label) in spellings]
    named = [c for c in features if _normalize(c.name) in spellings]
    candidates = labeled or named
    if len(candidates) > 1:
        raise UserError(
            f"several columns have the name or label of the variable {name}",
            where=where,
            got=join_first([quote(column.name) for column in candidates], MOST_NAMES),
            then=f"choose one with columns={name}:COLUMN",
        )
    return next(iter(candidates), None)


def _normalize(name: str) -> str:
    return " ".join(fold_spelling(name).replace("_", " ").split())


def _read_source(variable: Variable, column: Column, *, where: str) -> Source:
    if variable.is_number:
        if column.kind != "continuous":
            raise UserError(
                f"column {quote(column.name)} holds categories",
                where=where,
                expected=f"a number: {variable.description}",
                then="map another column with columns=VARIABLE:COLUMN",
            )
        unit = variable.unit or ""
        return Source(column=column.name, factor=conversion_factor(column, unit, where=where))
    if column.kind == "continuous":
        raise UserError(
            f"column {quote(column.name)} is a number",
            where=where,
            expected=f"categories: {variable.description}",
            then="map another column with columns=VARIABLE:COLUMN",
        )
    spellings = {fold_spelling(category) for category in variable.categories}
    positive = [
        float(index)
        for index, category in enumerate(column.categories)
        if fold_spelling(category) in spellings
    ]
    if not spellings and column.kind == "binary":
        return Source(column=column.name, positive=(1.0,))
    if not positive:
        raise UserError(
            f"no category of column {quote(column.name)} is one of the score",
            where=where,
            expected=join_first(variable.categories, MOST_NAMES) or "a binary column",
            got=join_first(column.categories, MOST_NAMES),
            then="write a coefficient file with the categories of the column",
        )
    return Source(column=column.name, positive=tuple(positive))


def _transform(term: Term, x: NDArray[np.float64], where: str) -> NDArray[np.float64]:
    known = ~np.isnan(x)
    if term.cutoffs:
        inside = np.all([_COMPARISONS[n](x, value) for n, value in term.cutoffs.items()], axis=0)
        return np.where(known, inside, np.nan)
    low = x[known].min(initial=np.inf)
    if (low < 0.0 and term.transform == "sqrt") or (
        low <= 0.0 and term.transform in _NEEDS_POSITIVE
    ):
        raise UserError(
            f"variable {term.variable} has values that its transformation does not allow",
            where=where,
            expected=f"numbers {'of 0 or more' if term.transform == 'sqrt' else 'above 0'}"
            f" for {term.transform}",
            got=f"{low:g}",
            then="correct the column, or mark the values as missing",
        )
    return np.asarray(_TRANSFORMS[term.transform](x / term.per) - term.center, dtype=np.float64)
