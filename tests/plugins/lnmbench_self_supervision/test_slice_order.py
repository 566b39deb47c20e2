from __future__ import annotations

import numpy as np
import pytest
from lnmbench_self_supervision.slice_order import PAIRS, SliceOrder

from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images

COHORT = add_images(sample_cohort(400))


def test_pairs_are_of_one_case_and_labeled_by_their_order() -> None:
    examples = SliceOrder().examples(encode_images(COHORT))
    first, second = examples.rows[:, 0, 0], examples.rows[:, 1, 0]
    for rows in (first, second):
        np.testing.assert_array_equal(
            np.searchsorted(COHORT.offsets, rows, side="right") - 1, examples.case
        )
    np.testing.assert_array_equal(examples.targets, second > first)
    assert examples.targets.mean() == pytest.approx(0.5, abs=0.05)
    counts = np.diff(COHORT.offsets)
    expected = np.minimum(counts * (counts - 1) // 2, PAIRS)
    np.testing.assert_array_equal(np.bincount(examples.case, minlength=400), expected)
