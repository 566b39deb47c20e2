from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lnmbench.contracts import Baseline
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.baselines import GuardedBaseline

FRAME = pd.DataFrame({"age": [50.0, 60.0, 70.0, 80.0, 55.0]})
TRUTH = np.array([0.0, 0.0, 1.0, 1.0, 0.0])
TRAINING = np.array([True, True, True, True, False])


class Plain:
    def estimator(self, columns: Any) -> Any:
        return LogisticRegression()

    def candidates(self) -> Any:
        return [{"C": 0.1}, {"C": 1.0}]


class Piped(Plain):
    def estimator(self, columns: Any) -> Any:
        return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.mark.parametrize("plain", [Plain(), Piped()])
def test_probabilities_are_those_of_scikit_learn(plain: Any, boundary: Boundary) -> None:
    baseline = GuardedBaseline(plain, boundary)
    assert isinstance(baseline, Baseline)
    assert baseline.candidates() == ({"C": 0.1}, {"C": 1.0})
    model, features = baseline.estimator(()).fit_steps(FRAME, TRUTH, TRAINING)
    p = model.probabilities({"C": 0.1}, features, TRUTH, TRAINING)
    expected = plain.estimator(())
    last = expected[-1] if isinstance(plain, Piped) else expected
    last.set_params(C=0.1)
    expected.fit(FRAME[TRAINING], TRUTH[TRAINING])
    np.testing.assert_array_equal(p, expected.predict_proba(FRAME)[:, 1])


def test_a_model_cannot_change_the_features(boundary: Boundary) -> None:
    class Changing(LogisticRegression):
        def fit(self, features: Any, truth: Any) -> Any:
            features["age"] = 0.0
            return super().fit(features, truth)

        def predict_proba(self, features: Any) -> Any:
            features["age"] = 0.0
            return super().predict_proba(features)

    class Baselines(Plain):
        def estimator(self, columns: Any) -> Any:
            return Changing()

    before = FRAME.copy()
    model, features = (
        GuardedBaseline(Baselines(), boundary).estimator(()).fit_steps(FRAME, TRUTH, TRAINING)
    )
    model.probabilities({}, features, TRUTH, TRAINING)
    pd.testing.assert_frame_equal(FRAME, before)


@pytest.mark.parametrize("description", ["label", ("label", "a note"), ("label", [1]), (3, ())])
def test_a_description_is_a_label_with_notes(description: Any, boundary: Boundary) -> None:
    class Described(Plain):
        def describe(self) -> Any:
            return "a score\n", ["a citation"]

    assert GuardedBaseline(Plain(), boundary).describe() == ("", ())
    assert GuardedBaseline(Described(), boundary).describe() == ("a score", ("a citation",))
    Described.describe = lambda self: description  # type: ignore[method-assign]
    with pytest.raises(PluginError, match="returns a wrong value from describe"):
        GuardedBaseline(Described(), boundary).describe()


@pytest.mark.parametrize("versions", [{"library": 3}, ["library"], None])
def test_versions_are_texts_by_name(versions: Any, boundary: Boundary) -> None:
    class Versioned(Plain):
        def versions(self) -> Any:
            return {"library": "3.1\n"}

    assert GuardedBaseline(Plain(), boundary).versions() == {}
    assert GuardedBaseline(Versioned(), boundary).versions() == {"library": "3.1"}
    Versioned.versions = lambda self: versions  # type: ignore[method-assign]
    with pytest.raises(PluginError, match="returns a wrong value from versions"):
        GuardedBaseline(Versioned(), boundary).versions()
