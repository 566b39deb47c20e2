"""Pictures of CT slices: gray values, outlines, thumbnails."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench import UserError
from lnmbench.imaging.pictures import (
    CONTOUR,
    draw_outline,
    draw_thumbnail,
    gray_pixels,
    largest_slice,
)

WINDOW = (-1000.0, 400.0)


def test_the_window_goes_from_black_to_white_and_clips() -> None:
    slice_hu = np.array([[-1000, -300, 400], [-3000, -650, 3000]], dtype=np.int16)
    pixels = gray_pixels(slice_hu, WINDOW)
    assert (pixels.shape, pixels.dtype) == ((2, 3, 3), np.uint8)
    assert pixels[..., 0].tolist() == [[0, 128, 255], [0, 64, 255]]
    assert (pixels == pixels[..., :1]).all()
    with pytest.raises(UserError, match="the window is empty"):
        gray_pixels(slice_hu, (0.0, 0.0))


def test_the_outline_is_just_outside_the_mask_and_hides_none_of_it() -> None:
    mask = np.zeros((6, 6), dtype=np.uint8)
    mask[2:4, 2:4] = 1
    pixels = np.full((6, 6, 3), 7, dtype=np.uint8)
    outlined = draw_outline(pixels, mask)
    colored = (outlined == CONTOUR).all(axis=-1)
    expected = np.zeros((6, 6), dtype=bool)
    expected[[1, 1, 4, 4, 2, 3, 2, 3], [2, 3, 2, 3, 1, 1, 4, 4]] = True
    assert (colored == expected).all()
    assert (outlined[~expected] == 7).all()
    assert (pixels == 7).all()


def test_an_outline_at_the_edge_stays_in_the_picture() -> None:
    mask = np.zeros((3, 3), dtype=bool)
    mask[0, 0] = True
    outlined = draw_outline(np.zeros((3, 3, 3), dtype=np.uint8), mask, color=(1, 2, 3))
    assert np.argwhere(outlined.any(axis=-1)).tolist() == [[0, 1], [1, 0]]
    assert outlined[0, 1].tolist() == [1, 2, 3]


def test_the_largest_slice_is_the_first_of_equal_ones_or_the_middle() -> None:
    masks = np.zeros((5, 4, 4), dtype=np.uint8)
    assert largest_slice(masks) == 2
    masks[1, :2], masks[3, 2:] = 1, 1
    assert largest_slice(masks) == 1
    masks[4] = 1
    assert largest_slice(masks) == 4


def test_a_large_tumor_does_not_overflow_the_area() -> None:
    masks = np.zeros((2, 300, 300), dtype=np.uint8)
    masks[0, :1], masks[1] = 1, 1
    assert largest_slice(masks) == 1


def test_a_thumbnail_is_the_slice_and_its_outline_in_the_size_asked_for() -> None:
    slice_hu = np.full((20, 20), -300, dtype=np.int16)
    mask = np.zeros((20, 20), dtype=np.uint8)
    mask[5:15, 5:15] = 1
    pixels = draw_thumbnail(slice_hu, mask, window_hu=WINDOW, side=40)
    colored = (pixels == CONTOUR).all(axis=-1)
    rows, columns = np.nonzero(colored)
    assert pixels.shape == (40, 40, 3)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (9, 30, 9, 30)
    assert (pixels[~colored] == 128).all()
    plain = draw_thumbnail(slice_hu, None, window_hu=WINDOW, side=40)
    assert (plain == 128).all()
