"""Pixels of image controls: permuted within slices, or drawn from the pixels of a cohort."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def permute_pixels(
    slices: NDArray[np.int16], where: NDArray[np.bool_], numbers: NDArray[np.int64], seed: int
) -> NDArray[np.int16]:
    """Return slices in which some pixels are permuted: their histogram stays, their order goes.

    Parameters
    ----------
    slices
        HU, (s, H, W).
    where
        The pixels that are permuted, each slice by itself, (s, H, W).
    numbers
        The number of each slice in its cohort, (s,). It seeds the permutation with `seed`, so that
        it does not depend on the slices that are read together.
    seed
        The seed.

    Returns
    -------
    array
        HU, (s, H, W).
    """
    permuted = slices.copy()
    for slice_hu, inside, number in zip(permuted, where, numbers.tolist(), strict=True):
        slice_hu[inside] = np.random.default_rng((seed, number)).permutation(slice_hu[inside])
    return permuted


def draw_pixels(
    pool: NDArray[np.int16], shape: tuple[int, int], numbers: NDArray[np.int64], seed: int
) -> NDArray[np.int16]:
    """Return slices of independent pixels drawn from a pool of pixels.

    Parameters
    ----------
    pool
        HU of the pixels to draw from, (p,).
    shape
        Height and width of a slice.
    numbers, seed
        As in `permute_pixels`.

    Returns
    -------
    array
        HU, (s, H, W).
    """
    drawn = np.empty((len(numbers), *shape), dtype=pool.dtype)
    for index, number in enumerate(numbers.tolist()):
        drawn[index] = pool[np.random.default_rng((seed, number)).integers(len(pool), size=shape)]
    return drawn
