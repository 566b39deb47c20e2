from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from lnmbench_baselines.boosting import catboost, lightgbm, xgboost

from lnmbench import Column, UserError

COLUMNS = (Column(name="x", role="feature"), Column(name="z", role="feature"))
FACTORIES = {"xgboost": xgboost, "lightgbm": lightgbm, "catboost": catboost}


@pytest.mark.parametrize("name", FACTORIES)
def test_boosting_finds_a_curve_and_keeps_the_share_of_events(name: str) -> None:
    pytest.importorskip(name)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=400), "z": rng.normal(size=400)})
    frame.loc[:40, "z"] = np.nan
    y = (np.abs(frame["x"]) > 1.6).to_numpy().astype(float)
    baseline = FACTORIES[name](trees=60)
    assert len(baseline.candidates()) == 9
    assert list(baseline.versions()) == [name]
    for candidate in (0, -1):
        model = baseline.estimator(COLUMNS)
        model[-1].set_params(**baseline.candidates()[candidate])
        p = model.fit(frame, y).predict_proba(frame)[:, 1]
        assert abs(p.mean() - y.mean()) < 0.03
    assert p[y == 1].mean() > 0.8
    again = baseline.estimator(COLUMNS)
    again[-1].set_params(**baseline.candidates()[-1])
    np.testing.assert_array_equal(again.fit(frame, y).predict_proba(frame)[:, 1], p)


@pytest.mark.parametrize("name", FACTORIES)
def test_the_number_of_trees_is_checked(name: str) -> None:
    with pytest.raises(UserError, match=f"trees .baseline {name}.: expected 1 or more, got 0"):
        FACTORIES[name](trees=0)
