"""Transformer of scikit-learn from features to the linear predictor of a score."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from lnmbench_scores.coefficient_file import CoefficientFile
from lnmbench_scores.linear_predictor import Source, linear_terms

if TYPE_CHECKING:
    import pandas as pd


class ScoreTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """Linear predictor of a score, with terms of missing values at their mean in training cases.

    Parameters
    ----------
    score
        The score.
    sources
        The columns of its variables.
    where
        The score in messages.
    """

    def __init__(self, score: CoefficientFile, sources: Mapping[str, Source], where: str) -> None:
        self.score, self.sources, self.where = score, sources, where

    def fit(self, features: pd.DataFrame, truth: object = None) -> ScoreTransformer:
        """Compute the mean of each term; 0 if all of its values are missing."""
        terms = self._terms(features)
        known = ~np.isnan(terms)
        total = np.where(known, terms, 0.0).sum(axis=0)
        self.means_ = total / np.maximum(known.sum(axis=0), 1)
        return self

    def transform(self, features: pd.DataFrame) -> NDArray[np.float64]:
        """Return the linear predictor, (n, 1)."""
        terms = self._terms(features)
        filled = np.where(np.isnan(terms), self.means_, terms)  # (n, terms)
        return np.asarray(filled.sum(axis=1, keepdims=True), dtype=np.float64)  # (n, 1)

    def _terms(self, features: pd.DataFrame) -> NDArray[np.float64]:
        names = {source.column for source in self.sources.values()}
        values = {name: features[name].to_numpy(dtype=np.float64) for name in names}
        return linear_terms(self.score, self.sources, values, where=self.where)
