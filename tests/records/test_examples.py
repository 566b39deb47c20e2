"""Encoded images and the examples that tasks make from them."""

from __future__ import annotations

import numpy as np

from lnmbench.records import EncodedImages, Examples


def test_images_and_examples_count_cases_examples_and_bags() -> None:
    none = np.zeros((5, 0), np.int64)
    images = EncodedImages(
        features=np.zeros((5, 2), np.float32),
        offsets=np.array([0, 2, 5]),
        rotations=none,
        places=none,
        centers=np.zeros((5, 0, 2)),
        tumor=np.zeros((5, 0)),
    )
    examples = Examples(
        case=np.array([0, 1, 1]),
        rows=np.zeros((3, 2, 1), np.int64),
        targets=np.array([0.0, 1.0, 0.0]),
    )
    assert (len(images), len(examples), examples.bags) == (2, 3, 2)
