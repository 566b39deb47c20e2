from __future__ import annotations

import numpy as np
import pytest
import torch
from lnmbench_tumor_masks.segment import Segment
from torch.nn import functional

from lnmbench import UserError
from lnmbench.testing import sample_cohort
from lnmbench.testing.sample_images import add_images, encode_images

COHORT = add_images(sample_cohort())


def test_an_example_is_a_slice_with_its_places() -> None:
    images = encode_images(COHORT)
    examples = Segment().examples(images)
    assert examples.rows.shape == (int(COHORT.offsets[-1]), 8, 1)
    np.testing.assert_array_equal(examples.rows[..., 0], images.places)
    np.testing.assert_array_equal(examples.targets, images.tumor > 0)
    np.testing.assert_array_equal(np.bincount(examples.case), np.diff(COHORT.offsets))


def test_the_loss_is_cross_entropy_and_dice() -> None:
    logits = torch.randn(3, 8)
    targets = (torch.rand(3, 8) < 0.4).float()
    inside = torch.sigmoid(logits)
    dice = (2 * (inside * targets).sum(1) + 1) / (inside.sum(1) + targets.sum(1) + 1)
    entropy = torch.stack(
        [functional.binary_cross_entropy(p, t) for p, t in zip(inside, targets, strict=True)]
    )
    torch.testing.assert_close(Segment().loss(logits, targets), entropy + 1 - dice)
    right = Segment().loss((targets * 2 - 1) * 50, targets)
    torch.testing.assert_close(right, torch.zeros(3), atol=1e-4, rtol=0)


def test_nodes_have_no_masks() -> None:
    with pytest.raises(UserError, match="needs masks of lymph nodes"):
        Segment(region="nodes").targets(COHORT)
