"""The table of features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lnmbench.records import Column
from lnmbench.stages.run.feature_table import FeatureTable


def test_features_of_images_follow_those_of_the_cohort() -> None:
    age, first, second = (Column(name=name, role="feature") for name in ("age", "x", "y"))
    table = FeatureTable(columns=(age,), frame=pd.DataFrame({"age": [1.0, 2.0]}))
    joined = table.join([first], np.array([[3.0], [4.0]])).join([second], np.array([[5.0], [6.0]]))
    assert joined.cohort_columns == (age,)
    assert joined.columns == (age, first, second)
    assert joined.frame.to_numpy().tolist() == [[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]
    assert table.cohort_columns == (age,)
