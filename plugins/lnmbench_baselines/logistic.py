"""Logistic regression on the clinical features: L2, elastic net, and Firth's for few events."""

from __future__ import annotations

from typing import Any, Literal

from lnmbench.classical import ClassicalModel, grid
from lnmbench_baselines.limits import require_positive, require_seed

STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)
ELASTIC_STRENGTHS = (0.01, 0.03, 0.1, 0.3, 1.0)
L1_RATIOS = (0.25, 0.75, 1.0)


def logistic(
    max_iter: int = 1000, penalty: Literal["l2", "elasticnet"] = "l2", seed: int = 0
) -> ClassicalModel:
    """Logistic regression; strength of the penalty, and share of L1, from the inner folds.

    Parameters
    ----------
    max_iter
        Maximum number of iterations of the solver; five times as many for the elastic net.
    penalty
        `l2` (ridge), or `elasticnet` (Zou and Hastie 2005), of which the lasso is a candidate.
    seed
        Seed of the solver of the elastic net.
    """
    require_positive("logistic", max_iter=max_iter)
    require_seed("logistic", seed)

    def classifier() -> Any:
        from sklearn.linear_model import LogisticRegression

        if penalty == "l2":
            return LogisticRegression(max_iter=max_iter)
        # looser than the solver's default: differences of 1e-3 in coefficients of scaled features
        return LogisticRegression(
            solver="saga", l1_ratio=0.5, max_iter=5 * max_iter, tol=1e-3, random_state=seed
        )

    if penalty == "l2":
        return ClassicalModel(classifier=classifier, search=grid(C=STRENGTHS), linear=True)
    return ClassicalModel(
        classifier=classifier,
        search=grid(C=ELASTIC_STRENGTHS, l1_ratio=L1_RATIOS),
        linear=True,
    )


def firth(intercept: Literal["flic", "firth"] = "flic") -> ClassicalModel:
    """Firth's penalized logistic regression, for few events; nothing to tune.

    Parameters
    ----------
    intercept
        `flic`: fitted again without penalty, so that the mean probability equals the share of
        events (Puhr et al. 2017). `firth`: as penalized, which is too high for rare events.
    """

    def classifier() -> Any:
        from lnmbench_baselines.firth_classifier import FirthClassifier

        return FirthClassifier(flic=intercept == "flic")

    return ClassicalModel(classifier=classifier, linear=True)
