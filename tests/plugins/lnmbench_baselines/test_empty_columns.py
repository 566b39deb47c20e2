from __future__ import annotations

import numpy as np
from lnmbench_baselines.empty_columns import EmptyColumns


def test_only_columns_without_any_value_are_filled() -> None:
    training = np.array([[np.nan, 1.0], [np.nan, np.nan]])
    steps = EmptyColumns().fit(training)
    tested = steps.transform(np.array([[5.0, np.nan]]))
    np.testing.assert_array_equal(tested, [[0.0, np.nan]])
