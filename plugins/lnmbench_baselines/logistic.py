"""Logistic regression on the clinical features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lnmbench import Column, UserError
from lnmbench.clinical import preprocessor

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)


class Logistic:
    """Logistic regression on imputed, scaled, one-hot features; L2 strength from the inner folds.

    Parameters
    ----------
    max_iter
        Maximum number of iterations of the L-BFGS solver.
    """

    def __init__(self, max_iter: int = 1000) -> None:
        if max_iter < 1:
            raise UserError(
                "wrong value for max_iter",
                where="baseline logistic",
                expected="1 or more",
                got=str(max_iter),
            )
        self.max_iter = max_iter

    def estimator(self, columns: Sequence[Column]) -> Any:
        """Return an unfitted pipeline of preprocessing and logistic regression."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import Pipeline

        model = LogisticRegression(max_iter=self.max_iter)
        return Pipeline([("preprocess", preprocessor(columns)), ("model", model)])

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return inverse regularization strengths C, the strongest regularization first."""
        return [{"C": strength} for strength in STRENGTHS]
