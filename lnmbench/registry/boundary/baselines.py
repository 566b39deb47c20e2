"""Baselines behind the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from lnmbench.contracts import (
    Baseline,
    DescribedBaseline,
    FixedPredictions,
    LinearBaseline,
    Versioned,
)
from lnmbench.records import Column
from lnmbench.registry.boundary.arrays import require_array
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.predictions import LONGEST_LABEL, GuardedPredictions
from lnmbench.registry.boundary.values import (
    SUM_SLACK,
    Unexpected,
    describe,
    require_flag,
    require_mapping,
    require_sequence,
    require_text,
    require_texts,
)
from lnmbench.text import clean

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_CANDIDATES = 10_000
MOST_SETTINGS = 1000
LONGEST_VERSION = 100


class GuardedBaseline:
    """A baseline of a plugin. Its estimators are behind the boundary as well.

    Parameters
    ----------
    baseline
        The plugin's object.
    boundary
        Its boundary.

    Attributes
    ----------
    fixed
        Its predictions, if it is not trained; else None.
    """

    def __init__(self, baseline: Baseline, boundary: Boundary) -> None:
        self._baseline, self._boundary = baseline, boundary
        is_fixed = isinstance(baseline, FixedPredictions)
        self.fixed = GuardedPredictions(baseline, boundary) if is_fixed else None

    def estimator(self, columns: Sequence[Column]) -> GuardedEstimator:
        """Return an unfitted scikit-learn classifier for a DataFrame with these columns."""
        function = self._baseline.estimator
        model = self._boundary.call("estimator", _require_classifier, function, tuple(columns))
        return GuardedEstimator(model, self._boundary)

    def candidates(self) -> Sequence[Mapping[str, object]]:
        """Return the candidate settings of the inner folds."""
        return self._candidates if self.fixed is None else ({},)

    def has_equation(self) -> bool:
        """Return whether the log odds of its models are linear in the features."""
        baseline = self._baseline
        if not isinstance(baseline, LinearBaseline):
            return False
        return self._boundary.call("linear", require_flag, lambda: baseline.linear)

    def versions(self) -> Mapping[str, str]:
        """Return the versions of libraries that predictions depend on, by name."""
        if not isinstance(self._baseline, Versioned):
            return {}
        return self._boundary.call("versions", _require_versions, self._baseline.versions)

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """Return its label, empty without one, and its notes."""
        if not isinstance(self._baseline, DescribedBaseline):
            return "", ()
        return self._boundary.call("describe", _require_description, self._baseline.describe)

    @cached_property
    def _candidates(self) -> Sequence[Mapping[str, object]]:
        function = self._baseline.candidates
        return self._boundary.call("candidates", require_candidates, function)


class GuardedEstimator:
    """A classifier of a plugin, fitted on copies of its input.

    Parameters
    ----------
    model
        A scikit-learn classifier, or a pipeline that ends with one.
    boundary
        The boundary of its baseline.
    """

    def __init__(self, model: Any, boundary: Boundary) -> None:
        self._model, self._boundary = model, boundary

    def fit_steps(
        self, features: Any, truth: NDArray[np.float64], training: NDArray[np.bool_]
    ) -> tuple[GuardedEstimator, Any]:
        """Return the last step of a pipeline, and the features that the steps before it return.

        Another classifier is returned unchanged, as are its features.

        Parameters
        ----------
        features
            The features of all cases, a DataFrame (n, features).
        truth
            The labels, (n,).
        training
            The cases that the steps are fitted on, (n,).
        """
        from sklearn.pipeline import Pipeline

        if not isinstance(self._model, Pipeline) or len(self._model) < 2:
            return self, features
        steps, last = self._model[:-1], self._model[-1]

        def transform() -> object:
            fitted = steps.fit(features[training].copy(), truth[training])
            return fitted.transform(features.copy())

        check = partial(_require_rows, count=len(truth))
        transformed = self._boundary.call("estimator", check, transform)
        return GuardedEstimator(last, self._boundary), transformed

    def probabilities(
        self,
        settings: Mapping[str, object],
        features: Any,
        truth: NDArray[np.float64],
        training: NDArray[np.bool_],
    ) -> NDArray[np.float64]:
        """Return the probability of the positive class of every case, (n,).

        Parameters
        ----------
        settings
            The candidate's arguments of `set_params`.
        features, truth, training
            As in `fit_steps`.
        """
        from sklearn.base import clone

        def predict() -> object:
            estimator = clone(self._model).set_params(**settings)
            estimator.fit(features[training].copy(), truth[training])
            classes = getattr(estimator, "classes_", None)
            if classes is not None and list(classes) != [0, 1]:
                raise Unexpected("classes_ of 0 and 1", str(list(classes))[:40])
            return estimator.predict_proba(features.copy())

        check = partial(_require_probabilities, count=len(truth))
        return self._boundary.call("estimator", check, predict)[:, 1]


def _require_classifier(value: object) -> Any:
    for method in ("fit", "predict_proba", "set_params"):
        if not callable(getattr(value, method, None)):
            raise Unexpected("a scikit-learn classifier with predict_proba", describe(value))
    if isinstance(value, type):
        raise Unexpected("an object", f"the class {value.__name__}")
    return value


def require_candidates(value: object) -> Sequence[Mapping[str, object]]:
    """Return candidate settings; `Unexpected` if there is none, or for another value."""
    candidates = [
        require_mapping(settings, most=MOST_SETTINGS)
        for settings in require_sequence(value, most=MOST_CANDIDATES)
    ]
    if not candidates:
        raise Unexpected("at least one candidate, [{}] for the default settings", "none")
    return tuple(candidates)


def _require_description(value: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise Unexpected("a label and notes", describe(value))
    label, notes = value
    return require_text(label)[:LONGEST_LABEL], require_texts(notes)


def _require_versions(value: object) -> Mapping[str, str]:
    versions = require_mapping(value, most=MOST_SETTINGS)
    for name, version in versions.items():
        if not isinstance(version, str):
            raise Unexpected(f"the version of {name} as a text", describe(version))
    return {name: clean(str(version))[:LONGEST_VERSION] for name, version in versions.items()}


def _require_rows(value: object, *, count: int) -> Any:
    shape = getattr(value, "shape", ())
    if not shape or shape[0] != count:
        raise Unexpected(f"features of {count} cases from the steps", describe(value))
    return value


def _require_probabilities(value: object, *, count: int) -> NDArray[np.float64]:
    probabilities = require_array(value, shape=(count, 2), low=0.0, high=1.0)
    sums = probabilities.sum(axis=1)
    wrong = sums[abs(sums - 1) > SUM_SLACK]
    if wrong.size:
        raise Unexpected("probabilities that add up to 1", f"a sum of {wrong[0]:g}")
    return probabilities
