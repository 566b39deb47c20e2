"""Stored values: bits beyond those stored, signs, and padding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from lnmbench import UserError
from lnmbench.imaging.hounsfield import PADDING_HU
from lnmbench.imaging.stored_pixels import (
    StoredPixels,
    correct_sign,
    describe_pixels,
    fill,
    find_padding,
    mask_bits,
)

WORDS = np.arange(1024, dtype=np.uint16).reshape(32, 32)
PATH = Path("ct.dcm")


def test_a_header_is_described_and_unusable_values_count_as_absent() -> None:
    header = Dataset()
    header.BitsStored, header.HighBit, header.PixelRepresentation = 12, 11, 1
    header.add_new("PixelPaddingValue", "SS", -2000)
    header.add_new("PixelPaddingRangeLimit", "SS", -2100)
    assert describe_pixels(header) == StoredPixels(
        bits=12, high_bit=11, signed=True, padding=(-2100, -2000), whole_file=True
    )
    assert describe_pixels(Dataset()) == StoredPixels(whole_file=True)


def test_words_without_other_bits_are_not_copied() -> None:
    assert mask_bits(WORDS, StoredPixels(bits=12, high_bit=11)) is WORDS
    signed = WORDS.astype(np.int16) - 512
    assert mask_bits(signed, StoredPixels(bits=12, high_bit=11, signed=True)) is signed
    assert mask_bits(WORDS, StoredPixels(bits=12, high_bit=15)) is WORDS


def test_other_bits_are_masked_and_the_sign_extended() -> None:
    masked = mask_bits(WORDS | 0xF000, StoredPixels(bits=12, high_bit=11))
    np.testing.assert_array_equal(masked, WORDS)
    words = np.array([[0x0FFF, 0x0800, 0x07FF, 0x8001]], np.uint16).view(np.int16)
    signed = mask_bits(words, StoredPixels(bits=12, high_bit=11, signed=True))
    assert signed.tolist() == [[-1, -2048, 2047, 1]]


def test_a_little_metal_is_no_sign() -> None:
    words = WORDS.copy()
    words[0, 0] = 33000
    assert correct_sign(words, 1, -1024, path=PATH) is words
    assert correct_sign(WORDS, 1, -1024, path=PATH) is WORDS
    fine = WORDS + np.uint16(60000)  # a small slope makes them plausible
    assert correct_sign(fine, 0.01, -600, path=PATH) is fine


def test_high_words_that_are_neither_are_refused() -> None:
    words = WORDS.copy()
    words[:4] = 45000
    with pytest.raises(UserError, match="ct.dcm does not hold HU: got 12 % of the pixels up to"):
        correct_sign(words, 1, -1024, path=PATH)


@pytest.mark.parametrize("stated", [(-2000, -2000), (63536, 63536)])
def test_padding_far_below_air_is_recognized_by_its_value(stated: tuple[int, int]) -> None:
    words = WORDS.astype(np.int16)
    words[:4] = -2000
    assert find_padding(words, StoredPixels(padding=stated), 1, -1024) is None


def test_padding_with_the_value_of_tissue_counts_outside_the_field_of_view_alone() -> None:
    words = np.full((32, 32), 30, np.int16)
    words[:4], words[16, 16] = 0, 0
    padding = find_padding(words, StoredPixels(padding=(0, 0)), 1, 0)
    assert padding is not None
    assert padding[:4].all()
    assert padding.sum() == 4 * 32
    assert (fill(words, padding)[:4] == PADDING_HU).all()
    words[:4] = 30
    assert find_padding(words, StoredPixels(padding=(0, 0)), 1, 0) is None


def test_padding_brighter_than_bone_counts_everywhere() -> None:
    words = WORDS.copy()
    words[7, 9] = 60000
    padding = find_padding(words, StoredPixels(padding=(60000, 60000)), 1, -1024)
    assert padding is not None
    assert np.argwhere(padding).tolist() == [[7, 9]]
