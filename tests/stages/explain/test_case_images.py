"""Images of a case on the grid of an encoder."""

from __future__ import annotations

from typing import Any

import numpy as np

from lnmbench.stages.explain.case_images import read_case_images, scale_slices
from lnmbench.store.cohort_file import read_cohort, read_slices
from lnmbench.store.cohort_folder import find_cohort_file
from lnmbench.store.ledger import LedgerReader


def test_slices_and_masks_are_those_of_the_cohort(bench: Any, transformer_run: Any) -> None:
    with LedgerReader.open(transformer_run) as ledger:
        plan, (method, _) = ledger.plan(), ledger.methods()
    path = find_cohort_file(bench.home, plan.fingerprint)
    cohort = read_cohort(path)
    images = read_case_images(method, cohort, path, 2)
    start, stop = cohort.offsets[2:4].tolist()
    np.testing.assert_array_equal(images.hu, read_slices(path, start, stop))
    assert images.mask.shape == images.hu.shape == (stop - start, 224, 224)
    assert images.mask.any(axis=(1, 2)).all()
    assert images.pixel_mm == (0.7, 0.7)
    scaled = scale_slices(method, images.hu)
    assert scaled.min() >= -1.0
    assert scaled.max() <= 1.0
