"""Sample images for contract checks of tasks that learn from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Cohort, EncodedImages, Preprocessing

_DIM, _PLACES, _SIDE = 12, 8, 24


def add_images(cohort: Cohort) -> Cohort:
    """Return a cohort with one to five slices and irregular tumor masks of each case.

    A cohort that has images is returned as it is.
    """
    if cohort.has_images:
        return cohort
    counts = np.random.default_rng(1).integers(1, 6, len(cohort))
    return replace(
        cohort,
        offsets=np.concatenate([[0], np.cumsum(counts)]),
        preprocessing=Preprocessing(patch=_SIDE),
        read_masks=_Masks(counts),
    )


class _Masks:
    """Tumor masks of cases with so many slices."""

    def __init__(self, counts: NDArray[np.int64]) -> None:
        self._counts = counts

    def __call__(self, case: int) -> NDArray[np.uint8]:
        random = np.random.default_rng(case)
        mask = np.zeros((int(self._counts[case]), _SIDE, _SIDE), np.uint8)
        mask[:, 6:18, 8:14] = random.random((len(mask), 12, 6)) < 0.8
        mask[:, 10, 10] = 1
        return mask


def encode_images(cohort: Cohort) -> EncodedImages:
    """Return random features of the slices, turned slices and places of a cohort with images."""
    random, slices = np.random.default_rng(2), int(cohort.offsets[-1])
    numbers = np.arange(slices)
    rotations = numbers[:, None] + slices * np.arange(4)
    places = 4 * slices + numbers[:, None] * _PLACES + np.arange(_PLACES)
    tumor = random.random(places.shape) * (np.arange(_PLACES) < _PLACES // 2)
    return EncodedImages(
        features=random.standard_normal((slices * (4 + _PLACES), _DIM)).astype(np.float32),
        offsets=cohort.offsets,
        rotations=rotations,
        places=places,
        centers=random.uniform(-1, 1, (*places.shape, 2)),
        tumor=tumor,
    )
