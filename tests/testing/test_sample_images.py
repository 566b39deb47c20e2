from __future__ import annotations

import numpy as np

from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images


def test_a_cohort_gets_slices_masks_and_rows_of_their_own() -> None:
    cohort = add_images(sample_cohort())
    assert cohort.has_images
    assert add_images(cohort) is cohort
    assert cohort.read_masks is not None
    assert all(cohort.read_masks(case).any() for case in range(len(cohort)))
    images = encode_images(cohort)
    slices = int(cohort.offsets[-1])
    rows = np.concatenate([images.rotations.ravel(), images.places.ravel()])
    assert sorted(rows) == list(range(len(images.features)))
    assert (images.rotations[:, 0] == np.arange(slices)).all()
    assert 0 < (images.tumor > 0).mean() < 1
