from __future__ import annotations

import numpy as np
from lnmbench_self_supervision.rotation import Rotation

from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images

COHORT = add_images(sample_cohort())


def test_all_slices_of_a_case_are_turned_alike() -> None:
    images = encode_images(COHORT)
    examples = Rotation().examples(images)
    assert len(examples) == 4 * len(COHORT)
    for case, rows, turns in zip(examples.case, examples.rows[:, 0], examples.targets, strict=True):
        start, stop = COHORT.offsets[case : case + 2]
        expected = images.rotations[start:stop, int(turns)]
        np.testing.assert_array_equal(rows[rows >= 0], expected)
