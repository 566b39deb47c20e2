"""Gain by an auxiliary label in a linear pipeline, by simulation with redrawn outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import Cohort
from lnmbench.stats import auc, cross_validated_ridge, predict_by_ridge

CLINICAL, IMAGE = "clinical features", "and the image score of N2"
_INNER = 5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimate:
    """Mean of independent redraws and its Monte Carlo error."""

    mean: float
    error: float


def estimate(values: Array) -> Estimate:
    """Return the mean of values (redraws,) and its standard error."""
    return Estimate(mean=float(values.mean()), error=float(values.std(ddof=1) / len(values) ** 0.5))


def measure_visibility(features: Array, labels: Array, *, folds: int, repeats: int) -> Array:
    """Return how well features predict labels by ridge regression, on cases out of the training.

    Parameters
    ----------
    features
        Image features (n, p).
    labels
        Labels (n, labels).
    folds, repeats
        The folds, and how often they are drawn anew.

    Returns
    -------
    ndarray
        Correlation with the label, averaged over the folds: (repeats, labels).
    """
    correlations = np.empty((repeats, labels.shape[1]))
    for repeat in range(repeats):
        fold = _draw_folds(len(labels), folds, np.random.default_rng(repeat))
        scores = cross_validated_ridge(features, labels, fold)
        correlations[repeat] = [
            np.mean([np.corrcoef(s[fold == k], y[fold == k])[0, 1] for k in range(folds)])
            for s, y in zip(scores.T, labels.T, strict=True)
        ]
    return correlations


def simulate_gain(
    features: Array,
    cohort: Cohort,
    risk: Array,
    labels: Mapping[str, Array],
    *,
    redraws: int,
    folds: int,
    seed: int,
) -> dict[str, Array]:
    """Return the AUC of N2 by logistic regression on clinical features and image scores.

    In each redraw, N2 is drawn with its risk, and patients get new folds. An image score is the
    prediction of a label by ridge regression on the training part; the training cases get theirs
    from inner folds, so that the logistic regression sees the score as it will be on test cases.

    Parameters
    ----------
    features
        Image features (n, p).
    cohort
        The cohort, which has the clinical features (n).
    risk
        Probability of N2 (n,).
    labels
        Auxiliary labels by name, each (n, columns).
    redraws
        Number of redraws.
    folds
        Number of outer folds.
    seed
        Seed of the redraws.

    Returns
    -------
    dict
        AUCs (redraws,), averaged over the outer folds, by `CLINICAL`, `IMAGE` (the score of N2 in
        addition) and the label's name (its scores in addition to both).
    """
    frame = feature_frame(cohort, np.arange(len(cohort)))
    areas = {name: np.full(redraws, np.nan) for name in (CLINICAL, IMAGE, *labels)}
    for redraw in range(redraws):
        generator = np.random.default_rng((seed, redraw))
        n2 = (generator.random(len(risk)) < risk).astype(np.float64)
        fold = _draw_folds(len(risk), folds, generator, n2)
        tested: dict[str, list[float]] = {name: [] for name in areas}
        for number in range(folds):
            training = fold != number
            clinical = preprocessor(cohort.features).fit(frame[training]).transform(frame)
            scores = _score(features, np.column_stack([n2, *labels.values()]), training, generator)
            for name, design in _build_designs(clinical, scores, labels):
                predicted = _predict(design, n2, training)
                tested[name].append(auc(n2[~training], predicted[~training]))
        for name, values in tested.items():
            areas[name][redraw] = np.mean(values)
    return areas


def _build_designs(
    clinical: Array, scores: Array, labels: Mapping[str, Array]
) -> Iterator[tuple[str, Array]]:
    yield CLINICAL, clinical
    image = np.column_stack([clinical, scores[:, :1]])
    yield IMAGE, image
    start = 1
    for name, label in labels.items():
        stop = start + label.shape[1]
        yield name, np.column_stack([image, scores[:, start:stop]])
        start = stop


def _score(
    features: Array, labels: Array, training: NDArray[np.bool_], generator: np.random.Generator
) -> Array:
    """Return standardized image scores (n, labels); those of the training part out of fold."""
    inner = _draw_folds(int(training.sum()), _INNER, generator, labels[training, 0])
    scores = predict_by_ridge(features, labels, training)
    scores[training] = cross_validated_ridge(features[training], labels[training], inner)
    spread = scores[training].std(axis=0)
    standardized: Array = (scores - scores[training].mean(axis=0)) / np.where(spread > 0, spread, 1)
    return standardized


def _predict(design: Array, n2: Array, training: NDArray[np.bool_]) -> Array:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(design[training], n2[training])
    predicted: Array = model.decision_function(design)
    return predicted


def _draw_folds(
    n: int, folds: int, generator: np.random.Generator, classes: Array | None = None
) -> NDArray[np.int64]:
    """Return the fold (n,) of each case, at random, with equal shares of both classes."""
    order = generator.permutation(n)
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    fold = np.empty(n, dtype=np.int64)
    fold[order] = np.arange(n) % folds
    return fold
