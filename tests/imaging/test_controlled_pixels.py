"""Pixels of image controls."""

from __future__ import annotations

import numpy as np

from lnmbench.imaging.controlled_pixels import draw_pixels, permute_pixels

SLICES = np.random.default_rng(1).integers(-1000, 400, (5, 12, 12)).astype(np.int16)
INSIDE = np.zeros(SLICES.shape, dtype=np.bool_)
INSIDE[:4, 3:9, 4:10] = True  # the last slice has no pixel inside
NUMBERS = np.arange(20, 25)


def test_permuted_pixels_keep_the_histogram_and_all_other_pixels() -> None:
    permuted = permute_pixels(SLICES, INSIDE, NUMBERS, seed=3)
    np.testing.assert_array_equal(permuted[~INSIDE], SLICES[~INSIDE])
    for before, after, inside in zip(SLICES[:4], permuted[:4], INSIDE[:4], strict=True):
        assert (before[inside] != after[inside]).mean() > 0.8
        assert sorted(before[inside]) == sorted(after[inside])
    orders = [np.argsort(np.argsort(each[i])) for each, i in zip(permuted, INSIDE, strict=True)]
    assert not np.array_equal(orders[0], orders[1]), "each slice has a permutation of its own"
    assert not np.array_equal(permuted, permute_pixels(SLICES, INSIDE, NUMBERS, seed=4))


def test_a_slice_is_changed_alike_whatever_is_read_with_it() -> None:
    permuted = permute_pixels(SLICES, INSIDE, NUMBERS, seed=3)
    alone = permute_pixels(SLICES[2:3], INSIDE[2:3], NUMBERS[2:3], seed=3)
    np.testing.assert_array_equal(alone, permuted[2:3])
    drawn = draw_pixels(SLICES.ravel(), (12, 12), NUMBERS, seed=3)
    np.testing.assert_array_equal(
        draw_pixels(SLICES.ravel(), (12, 12), NUMBERS[2:3], seed=3), drawn[2:3]
    )


def test_noise_has_the_intensities_of_its_pool_and_no_other_structure() -> None:
    pool = np.concatenate([np.full(3000, -900), np.full(1000, 50)]).astype(np.int16)
    drawn = draw_pixels(pool, (40, 40), np.arange(20), seed=0)
    assert set(np.unique(drawn)) == {-900, 50}
    share = (drawn == 50).mean()
    assert abs(share - 0.25) < 4 * (0.25 * 0.75 / drawn.size) ** 0.5
    neighbors = np.corrcoef(drawn[:, :, 1:].ravel(), drawn[:, :, :-1].ravel())[0, 1]
    assert abs(neighbors) < 4 / drawn.size**0.5
    assert not np.array_equal(drawn[0], drawn[1])
