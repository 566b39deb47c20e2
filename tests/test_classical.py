"""Classical models as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from lnmbench import Column
from lnmbench.classical import ClassicalModel, grid
from lnmbench.contracts import Baseline

COLUMNS = (
    Column(name="age", role="feature"),
    Column(name="size", role="feature"),
)
FRAME = pd.DataFrame({"age": [50.0, 60.0, np.nan, 70.0], "size": [1.0, 2.0, 3.0, np.nan]})
LABELS = np.array([0.0, 1.0, 0.0, 1.0])


def classifier() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=0)


def select_first(columns: Sequence[Column]) -> Sequence[tuple[str, Any]]:
    from sklearn.feature_selection import SelectKBest

    return [("select", SelectKBest(k=len(columns) - 1))]


def test_transformers_stand_between_preprocessing_and_the_classifier() -> None:
    model = ClassicalModel(
        classifier=classifier, search=grid(max_depth=(1, 2)), transformers=select_first
    )
    assert isinstance(model, Baseline)
    assert model.candidates() == [{"max_depth": 1}, {"max_depth": 2}]
    pipeline = model.estimator(COLUMNS).fit(FRAME, LABELS)
    assert list(pipeline.named_steps) == ["preprocess", "select", "model"]
    assert pipeline[-1].n_features_in_ == 1
    assert np.isfinite(pipeline[:1].transform(FRAME)).all()


def test_without_imputation_the_classifier_gets_what_is_missing() -> None:
    model = ClassicalModel(classifier=classifier, impute=False)
    assert list(model.candidates()) == [{}]
    seen = model.estimator(COLUMNS).fit(FRAME, LABELS)[:-1].transform(FRAME)
    np.testing.assert_array_equal(seen, FRAME.to_numpy())
