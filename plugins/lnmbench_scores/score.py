"""Scores with fixed coefficients, as published or recalibrated on the training cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lnmbench import Cohort, Column
from lnmbench.contracts import Baseline, FixedPredictions
from lnmbench.records import CasePredictions
from lnmbench.text import join_first, plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lnmbench_scores.coefficient_file import CoefficientFile

MOST_NAMES = 12


def score(
    path: Path | None = None,
    name: str = "",
    columns: str = "",
    recalibrate: bool = False,
    coverage: Literal["all", "partial"] = "all",
) -> Baseline | FixedPredictions:
    """Return a score with fixed coefficients, from a file or published.

    Parameters
    ----------
    path
        Coefficient file (TOML).
    name
        Published score.
    columns
        Columns of variables whose name or label differs: `VARIABLE:COLUMN`, joined by plus signs.
    recalibrate
        Whether intercept and slope are fitted to the training cases; missing values then count as
        the mean of their term in these.
    coverage
        `all`: each case needs every variable; `partial`: the score is compared on the cases that
        have them. Without effect on a recalibrated score.
    """
    from lnmbench_scores.coefficient_file import read_coefficients
    from lnmbench_scores.linear_predictor import parse_mapping

    coefficients = read_coefficients(path, name)
    where = f"score {name or (path and path.name)}"
    mapping = parse_mapping(columns, coefficients, where=where)
    if recalibrate:
        return RecalibratedScore(coefficients, mapping, where)
    return FixedScore(coefficients, mapping, where, is_partial=coverage == "partial")


class FixedScore:
    """A score as published: a probability, or a ranking if its intercept is unknown.

    Parameters
    ----------
    coefficients
        The score.
    mapping
        The user's names of columns, by variable.
    where
        The score in messages.
    is_partial
        Whether cases may lack variables.
    """

    def __init__(
        self,
        coefficients: CoefficientFile,
        mapping: Mapping[str, str],
        where: str,
        *,
        is_partial: bool,
    ) -> None:
        self._score, self._mapping = coefficients, mapping
        self._where, self._is_partial = where, is_partial

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        """Return the predictions for a cohort from its features; ids are not used."""
        import numpy as np
        import scipy

        from lnmbench_scores.linear_predictor import find_sources, linear_terms

        score = self._score
        sources = find_sources(score, cohort.columns, self._mapping, where=self._where)
        values = {
            name: np.asarray(cohort.values[name], dtype=np.float64)
            for name in {source.column for source in sources.values()}
        }
        terms = linear_terms(score, sources, values, where=self._where)
        predictor = terms.sum(axis=1) + (score.intercept or 0.0)
        return CasePredictions(
            values=np.asarray(scipy.special.expit(predictor), dtype=np.float64),
            scale="rating" if score.intercept is None else "probability",
            partial=self._is_partial,
            label=self._where,
            notes=tuple(self._write_notes()),
            missing=self._describe_missing(terms),
        )

    def _write_notes(self) -> Iterator[str]:
        score = self._score
        yield _write_citation(score, self._where)
        if score.intercept is None:
            yield (
                f"{self._where} has no published intercept: it orders the cases and is no"
                " probability (recalibrate=true fits intercept and slope)"
            )

    def _describe_missing(self, terms: NDArray[np.float64]) -> str:
        """Return how many cases of the cohort lack each variable."""
        import numpy as np

        counts = {
            term.variable: int(lacking.sum())
            for term, lacking in zip(self._score.terms, np.isnan(terms).T, strict=True)
            if lacking.any()
        }
        each = [f"{name} unknown in {count}" for name, count in counts.items()]
        return f"{join_first(each, MOST_NAMES)} of {plural(len(terms), 'case')}" if each else ""


class RecalibratedScore:
    """A score whose intercept and slope are fitted to the training cases.

    Parameters
    ----------
    coefficients
        The score.
    mapping
        The user's names of columns, by variable.
    where
        The score in messages.
    """

    def __init__(
        self, coefficients: CoefficientFile, mapping: Mapping[str, str], where: str
    ) -> None:
        self._score, self._mapping, self._where = coefficients, mapping, where

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return an unfitted pipeline: linear predictor, then logistic regression on it."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        from lnmbench_scores.linear_predictor import find_sources
        from lnmbench_scores.score_transformer import ScoreTransformer

        sources = find_sources(self._score, columns, self._mapping, where=self._where)
        transformer = ScoreTransformer(self._score, sources, self._where)
        # a prior so weak that it matters only where the classes are separated
        return make_pipeline(transformer, LogisticRegression(C=1e4))

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return a single candidate: nothing is searched."""
        return [{}]

    def describe(self) -> tuple[str, Sequence[str]]:
        """Return its label, its citation, and a note on the recalibration."""
        label = f"{self._where}, recalibrated"
        note = f"{label}: intercept and slope are fitted to the training cases of each fit"
        return label, (_write_citation(self._score, self._where), note)


def _write_citation(score: CoefficientFile, where: str) -> str:
    return (
        f"{where}: {score.title}; predicts {score.outcome}; original cohort: {score.cohort};"
        f" cite: {score.citation}"
    )
