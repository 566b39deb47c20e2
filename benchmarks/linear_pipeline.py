"""The ten-line pipeline: a ridge score of the mean image features, then logistic regression."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import BaselineMethod, Choice, Cohort, MethodResult, Plan
from lnmbench.stats.linear_probe import MOST_SDS, PENALTIES

METHOD = BaselineMethod(label="ten lines", baseline=Choice(name="ten_lines"))
_STRENGTHS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 10.0)


def mean_features(features: NDArray[np.float32], offsets: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the mean of each case's slices.

    Parameters
    ----------
    features
        Features of every slice, (S, D).
    offsets
        The rows `offsets[i]:offsets[i + 1]` are the slices of case i, at least one; (n + 1,).

    Returns
    -------
    ndarray
        (n, D).
    """
    sums = np.add.reduceat(features.astype(np.float64), offsets[:-1], axis=0)
    means: NDArray[np.float64] = sums / np.diff(offsets)[:, None]
    return means


def predict_out_of_fold(
    images: NDArray[np.float64], cohort: Cohort, plan: Plan
) -> NDArray[np.float64]:
    """Return the probabilities (repeats, n) of the pipeline on the outer folds of a plan.

    Inside the training part of each outer fold: the ridge score of its own cases is learned on the
    other inner folds, so that the logistic regression sees it as it will be on test cases; the
    penalty of each ridge regression is chosen by leave-one-out, that of the logistic regression by
    the log loss of the inner folds.

    Parameters
    ----------
    images
        Image features of the plan's cases, (n, D).
    cohort
        The cohort, which has the clinical features.
    plan
        The cases, labels and folds.
    """
    frame, truth = feature_frame(cohort, cohort.positions(plan.ids)), plan.truth
    predicted = np.full(plan.splits.outer.shape, np.nan)
    for repeat, fold in plan.splits.units():
        inner = plan.splits.inner[repeat, fold]
        training, test = inner >= 0, inner < 0
        score = _ridge_score(images, truth, inner)
        clinical = preprocessor(cohort.features).fit(frame[training]).transform(frame)
        center, scale = score[training].mean(), score[training].std()
        inputs = np.column_stack([clinical, (score - center) / (scale or 1.0)])
        model = _fit_logistic(inputs[training], truth[training], inner[training])
        predicted[repeat, test] = model.predict_proba(inputs[test])[:, 1]
    return predicted


def run_pipeline(images: NDArray[np.float64], cohort: Cohort, plan: Plan) -> MethodResult:
    """Return the scores of the pipeline on the outer folds of a plan.

    Parameters
    ----------
    images, cohort, plan
        As in `predict_out_of_fold`.
    """
    from method_run import score_method

    return score_method(METHOD, predict_out_of_fold(images, cohort, plan), plan)


def _ridge_score(
    images: NDArray[np.float64], truth: NDArray[np.float64], inner: NDArray[np.int16]
) -> NDArray[np.float64]:
    """Return the score of every case by a ridge regression that did not learn from it, (n,)."""
    from sklearn.linear_model import RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    # as probes do: a feature that is constant in almost all training cases is far off in others
    clip = FunctionTransformer(np.clip, kw_args={"a_min": -MOST_SDS, "a_max": MOST_SDS})
    ridge = make_pipeline(StandardScaler(), clip, RidgeCV(np.array(PENALTIES) * images.shape[1]))
    score = np.empty(len(truth))
    for scored in [inner < 0, *(inner == part for part in range(int(inner.max()) + 1))]:
        training = (inner >= 0) & ~scored
        score[scored] = ridge.fit(images[training], truth[training]).predict(images[scored])
    return score


def _fit_logistic(
    inputs: NDArray[np.float64], truth: NDArray[np.float64], inner: NDArray[np.int16]
) -> object:
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss

    def loss(strength: float) -> float:
        losses = []
        for part in range(int(inner.max()) + 1):
            model = LogisticRegression(C=strength, max_iter=1000)
            p = model.fit(inputs[inner != part], truth[inner != part]).predict_proba(
                inputs[inner == part]
            )
            losses.append(log_loss(truth[inner == part], p[:, 1], labels=[0.0, 1.0]))
        return float(np.mean(losses))

    best = min(_STRENGTHS, key=loss)
    return LogisticRegression(C=best, max_iter=1000).fit(inputs, truth)
