from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lnmbench_baselines.import_path import sklearn

from lnmbench import Column, UserError

COLUMNS = (Column(name="x", role="feature"),)
FRAME = pd.DataFrame({"x": [1.0, np.nan, 3.0, 4.0]})


def test_several_values_are_candidates() -> None:
    parameters = "n_estimators=5+max_depth=1+3+criterion=gini+entropy"
    baseline = sklearn("sklearn.ensemble.ExtraTreesClassifier", parameters, seed=3)
    assert len(baseline.candidates()) == 4
    assert baseline.candidates()[1] == {"max_depth": 1, "criterion": "entropy"}
    model = baseline.estimator(COLUMNS)[-1]
    assert (model.n_estimators, model.max_depth, model.random_state) == (5, 1, 3)
    assert list(baseline.versions()) == ["sklearn"]


def test_missing_values_are_imputed_unless_kept() -> None:
    path = "sklearn.ensemble.HistGradientBoostingClassifier"
    for missing, expected in (("impute", False), ("keep", True)):
        baseline = sklearn(path, missing=missing)  # type: ignore[arg-type]  # both are literals
        assert baseline.candidates() == [{}]
        seen = baseline.estimator(COLUMNS)[:-1].fit_transform(FRAME)
        assert bool(np.isnan(seen).any()) == expected


def test_a_wrong_path_is_refused_when_the_baseline_is_built() -> None:
    with pytest.raises(UserError, match="wrong value for path"):
        sklearn("nothing")
