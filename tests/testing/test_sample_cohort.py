from __future__ import annotations

import numpy as np

from lnmbench.testing import sample_cohort


def test_every_column_misses_some_values() -> None:
    cohort = sample_cohort(n=50)
    assert len(cohort) == 50
    assert [column.name for column in cohort.features] == ["age", "sex"]
    for column in cohort.columns:
        if column.role != "id":
            missing = np.isnan(cohort.values[column.name]).sum()
            assert 0 < missing <= 3


def test_it_is_the_same_each_time() -> None:
    first, second = sample_cohort(), sample_cohort()
    np.testing.assert_array_equal(first.values["age"], second.values["age"])
