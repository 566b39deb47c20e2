"""Models with a prior: naive Bayes and the Gaussian process."""

from __future__ import annotations

from typing import Any

from lnmbench.classical import ClassicalModel, grid

SMOOTHING = (3.0, 1.0, 0.3, 0.1, 0.01, 1e-9)
AMPLITUDES = (0.3, 1.0, 2.0)
LENGTHS = (3.0, 1.0, 0.5)


def naive_bayes() -> ClassicalModel:
    """Gaussian naive Bayes; the variance that is added to each feature's from the inner folds."""

    def classifier() -> Any:
        from sklearn.naive_bayes import GaussianNB

        return GaussianNB()

    return ClassicalModel(classifier=classifier, search=grid(var_smoothing=SMOOTHING))


def gaussian_process() -> ClassicalModel:
    """Gaussian process classification; amplitude and length scale from the inner folds."""

    def classifier() -> Any:
        from lnmbench_baselines.process_classifier import ProcessClassifier

        return ProcessClassifier()

    return ClassicalModel(classifier=classifier, search=grid(amplitude=AMPLITUDES, length=LENGTHS))
