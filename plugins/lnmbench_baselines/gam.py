"""Generalized additive model: a smooth function of each continuous feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lnmbench import Column, UserError
from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.limits import require_positive
from lnmbench_baselines.logistic import STRENGTHS

CUBIC, MOST_KNOTS = 3, 50


def gam(knots: int = 5, max_iter: int = 1000) -> ClassicalModel:
    """Additive logistic regression: cubic splines of continuous features, under an L2 penalty.

    Parameters
    ----------
    knots
        Number of knots of a feature, at quantiles of the training cases; constant beyond the last.
    max_iter
        Maximum number of iterations of the solver.
    """
    require_positive("gam", max_iter=max_iter)
    if not MOST_KNOTS >= knots >= 2:
        raise UserError(
            "wrong value for knots",
            where="baseline gam",
            expected=f"2 to {MOST_KNOTS}",
            got=str(knots),
        )

    def transformers(columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
        from sklearn.compose import ColumnTransformer
        from sklearn.pipeline import FeatureUnion
        from sklearn.preprocessing import SplineTransformer

        not_nominal = [c for c in columns if c.kind != "nominal"]
        continuous = [i for i, c in enumerate(not_nominal) if c.kind == "continuous"]
        splines = SplineTransformer(
            n_knots=knots,
            degree=CUBIC,
            knots="quantile",
            extrapolation="constant",
            include_bias=False,
        )
        if not continuous:
            return []
        smooth = ColumnTransformer([("splines", splines, continuous)])
        # the penalty shrinks toward the straight line, which costs less than a curve of its size
        return [("splines", FeatureUnion([("linear", "passthrough"), ("smooth", smooth)]))]

    def classifier() -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=max_iter)

    return ClassicalModel(
        classifier=classifier, search=grid(C=STRENGTHS), transformers=transformers
    )
