from __future__ import annotations

import numpy as np
import torch
from lnmbench_tumor_masks.shape import Shape, Volume

from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images

COHORT = add_images(sample_cohort())


def test_volumes_are_logarithms_of_milliliters() -> None:
    assert COHORT.read_masks is not None
    volume_mm3 = COHORT.read_masks(3).sum() * np.prod(COHORT.preprocessing.spacing_mm)
    np.testing.assert_allclose(Volume().targets(COHORT)[3], np.log10(volume_mm3 / 1000))


def test_tumors_of_one_slice_have_no_shape() -> None:
    targets = Shape().targets(COHORT)
    counts = np.diff(COHORT.offsets)
    np.testing.assert_array_equal(np.isnan(targets[:, 0]), counts == 1)
    (note,) = Shape().notes(COHORT)
    assert note == f"aux shape: {(counts == 1).sum()} of 40 cases have no tumor of two slices"
    assert (targets[counts > 1, :2] >= 1.0).all()


def test_the_loss_is_the_huber_loss() -> None:
    logits, targets = torch.tensor([[[0.0], [3.0]]]), torch.tensor([[0.5, 0.0]])
    assert Volume().loss(logits, targets).tolist() == [[0.125, 2.5]]
