from __future__ import annotations

import numpy as np
import pytest
from lnmbench_self_supervision.reconstruction import MaskedSlices, Reconstruct, project

from lnmbench import UserError
from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images

COHORT = add_images(sample_cohort())
IMAGES = encode_images(COHORT)
SLICES = int(COHORT.offsets[-1])


def test_projections_keep_distances() -> None:
    random = np.random.default_rng(0)
    features = random.standard_normal((30, 2000)).astype(np.float32)
    projected = project(features, 400) / np.sqrt(400 / 2000)
    ratios = [
        np.linalg.norm(projected[i] - projected[j]) / np.linalg.norm(features[i] - features[j])
        for i, j in zip(*np.triu_indices(30, 1), strict=True)
    ]
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.02)
    assert np.std(ratios) < 0.06


def test_a_case_is_reconstructed_from_its_own_slices() -> None:
    examples = Reconstruct(components=5).examples(IMAGES)
    assert examples.case.tolist() == list(range(40))
    start, stop = COHORT.offsets[7:9]
    rows = examples.rows[7, 0]
    assert rows[rows >= 0].tolist() == list(range(start, stop))
    expected = project(IMAGES.features[start:stop], 5).mean(0)
    np.testing.assert_allclose(examples.targets[7], expected)


def test_a_masked_slice_is_not_in_its_bag() -> None:
    task = MaskedSlices(components=4)
    examples = task.examples(IMAGES)
    projected = project(IMAGES.features[:SLICES], 4)
    counts = np.diff(COHORT.offsets)
    assert len(examples) == counts[counts > 1].sum()
    for case, rows, target in zip(
        examples.case, examples.rows[:, 0], examples.targets, strict=True
    ):
        slices = set(range(COHORT.offsets[case], COHORT.offsets[case + 1]))
        (masked,) = slices - set(rows[rows >= 0].tolist())
        np.testing.assert_allclose(target, projected[masked])


def test_a_wrong_number_of_components_is_refused() -> None:
    for wrong in (0, 513):
        with pytest.raises(UserError, match=f"expected 1 to 512, got {wrong}"):
            Reconstruct(components=wrong)
