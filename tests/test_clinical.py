"""Clinical features of models."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lnmbench.clinical import preprocessor
from lnmbench.records import Column

COLUMNS = (
    Column(name="age", role="feature"),
    Column(name="lobe", role="feature", kind="nominal", categories=("RUL", "RML", "RLL")),
)


def test_what_no_training_case_has_does_not_change_the_width() -> None:
    training = pd.DataFrame({"age": [np.nan, np.nan], "lobe": [np.nan, np.nan]})
    tested = pd.DataFrame({"age": [np.nan, np.nan], "lobe": [1.0, np.nan]})
    seen = preprocessor(COLUMNS).fit(training).transform(tested)
    assert seen.tolist() == [[0, 0, 1, 0], [0, 0, 0, 0]]


def test_numbers_are_filled_and_scaled_by_the_training_cases() -> None:
    training = pd.DataFrame({"age": [50.0, 60.0, 70.0], "lobe": [0.0, 1.0, 2.0]})
    tested = pd.DataFrame({"age": [np.nan, 70.0], "lobe": [0.0, 0.0]})
    seen = preprocessor(COLUMNS).fit(training).transform(tested)
    assert seen[0, 0] == 0
    assert np.isclose(seen[1, 0], 10 / np.std([50, 60, 70]))
