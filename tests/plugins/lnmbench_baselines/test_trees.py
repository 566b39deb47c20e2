from __future__ import annotations

import numpy as np
from lnmbench_baselines.trees import hist_gradient_boosting, random_forest

from lnmbench import Column

COLUMNS = (Column(name="x", role="feature"),)


def test_a_missing_value_can_predict() -> None:
    import pandas as pd

    x = np.where(np.arange(200) % 2, np.nan, np.arange(200) / 7 % 1)
    frame, y = pd.DataFrame({"x": x}), np.arange(200) % 2.0
    for baseline in (random_forest(trees=20), hist_gradient_boosting(trees=50)):
        model = baseline.estimator(COLUMNS)
        model[-1].set_params(**baseline.candidates()[-1])
        p = model.fit(frame, y).predict_proba(frame)[:, 1]
        assert p[y == 1].min() > 0.9 > 0.1 > p[y == 0].max()


def test_the_smallest_trees_come_first() -> None:
    assert random_forest().candidates()[0] == {"min_samples_leaf": 40, "max_features": "sqrt"}
    assert hist_gradient_boosting().candidates()[0] == {"learning_rate": 0.02, "max_depth": 1}
