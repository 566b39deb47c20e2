from __future__ import annotations

import numpy as np
from lnmbench_self_supervision.cases import describe_cases, find_cases, pad_rows

from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images


def test_cases_with_too_few_slices_are_left_out_and_counted() -> None:
    cohort = add_images(sample_cohort())
    counts = np.diff(cohort.offsets)
    np.testing.assert_array_equal(np.isnan(find_cases(cohort, 2)), counts < 2)
    short = int((counts < 2).sum())
    assert short > 0
    assert describe_cases("x", cohort, 2) == (
        f"aux x: {short} of 40 cases have fewer than 2 slices",
    )
    assert describe_cases("x", cohort, 1) == ()


def test_bags_are_padded() -> None:
    rows = pad_rows([np.array([3]), np.array([1, 2])])
    assert rows.tolist() == [[3, -1], [1, 2]]
