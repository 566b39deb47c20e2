from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA

from lnmbench.contracts import ImageBaseline
from lnmbench.errors import PluginError
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.image_baselines import GuardedImageBaseline, guard_baseline

FEATURES = np.random.default_rng(0).normal(size=(12, 5))
TRAINING = np.arange(12) < 9


class Halved:
    encoder, aux, model = "resnet18", "", "logistic"

    def reduction(self) -> Any:
        return PCA(n_components=2)


def test_features_are_reduced_by_the_training_cases(boundary: Boundary) -> None:
    baseline = guard_baseline(Halved(), boundary)
    assert isinstance(baseline, GuardedImageBaseline)
    assert (baseline.encoder, baseline.aux, baseline.model) == ("resnet18", "", "logistic")
    expected = PCA(n_components=2).fit(FEATURES[TRAINING]).transform(FEATURES)
    np.testing.assert_array_equal(baseline.reduce(FEATURES, TRAINING), expected)


def test_a_reduction_may_have_settings(boundary: Boundary) -> None:
    class Tuned(Halved):
        def reductions(self) -> Any:
            return [{"count": 1}, {"count": 3}]

        def reduction(self, count: int = 2) -> Any:
            return PCA(n_components=count)

    baseline = GuardedImageBaseline(Tuned(), boundary)
    widths = [baseline.reduce(FEATURES, TRAINING, each).shape[1] for each in baseline.reductions]
    assert widths == [1, 3]
    assert baseline.reduce(FEATURES, TRAINING).shape[1] == 2
    assert GuardedImageBaseline(Halved(), boundary).reductions == ({},)


def test_features_without_a_reduction_are_kept(boundary: Boundary) -> None:
    class Kept(Halved):
        def reduction(self) -> Any:
            return None

    baseline = GuardedImageBaseline(Kept(), boundary)
    np.testing.assert_array_equal(baseline.reduce(FEATURES, TRAINING), FEATURES)


def test_a_reduction_cannot_change_the_features(boundary: Boundary) -> None:
    class Changing:
        def fit(self, features: Any) -> Any:
            features[:] = 0.0
            return self

        def transform(self, features: Any) -> Any:
            features[:] = 1.0
            return features

    class Changed(Halved):
        def reduction(self) -> Any:
            return Changing()

    before = FEATURES.copy()
    reduced = GuardedImageBaseline(Changed(), boundary).reduce(FEATURES, TRAINING)
    assert (reduced == 1.0).all()
    np.testing.assert_array_equal(FEATURES, before)


def test_another_baseline_gets_the_clinical_features(boundary: Boundary) -> None:
    class Plain:
        def estimator(self, columns: Any) -> Any: ...
        def candidates(self) -> Any: ...

    plain: Any = Plain()
    assert not isinstance(plain, ImageBaseline)
    assert isinstance(guard_baseline(plain, boundary), GuardedBaseline)


def test_no_feature_is_a_fault(boundary: Boundary) -> None:
    class Empty(Halved):
        def reduction(self) -> Any:
            class Nothing:
                def fit(self, features: Any) -> Any:
                    return self

                def transform(self, features: Any) -> Any:
                    return features[:, :0]

            return Nothing()

    with pytest.raises(PluginError, match="expected 1 to 10000 features of each case, got 0"):
        GuardedImageBaseline(Empty(), boundary).reduce(FEATURES, TRAINING)
