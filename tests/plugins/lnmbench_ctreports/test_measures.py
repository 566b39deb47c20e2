"""Sizes: commas, lists, and sizes that are not the lesion's."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Read = Callable[..., dict[str, object]]


@pytest.mark.parametrize(
    "text",
    [
        "Mass in the right upper lobe, previously 3 cm.",
        "Nodule of less than 5 mm in the left lower lobe.",
        "右肺上叶结节，前片约2.1cm。",
        "4 cm liver lesion.",
        "A mass, 2 cm from the carina.",
    ],
)
def test_other_sizes_are_not_the_lesions(read: Read, text: str) -> None:
    assert "long axis" not in read(text)


SIZES = {
    "Mass in the right upper lobe, 5,2 x 4,1 cm.": 52.0,
    "Mass in the right upper lobe, 5,2 (AP) x 4,1 cm.": 52.0,
    "Nodule in the left lower lobe, 2,8 cm.": 28.0,
    "左肺下叶结节，直径约2,3 cm。": 23.0,
    "Nodules of 8, 12 and 15 mm in the RUL.": 15.0,
    "Nodules of 15, 12 and 8 mm in the RUL.": 15.0,
    "Nodules of 8,12 mm in the RUL.": None,
    "Nodules of 15, 8 mm in the RUL.": None,
    "RUL nodule (series 3, image 45, 12 mm).": 12.0,
    "右肺上叶结节，大小约3，2cm。": None,
}


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_a_comma_is_a_decimal_one_or_a_list_or_nothing_is_read(
    read: Read, text: str, size: float | None
) -> None:
    assert read(text).get("long axis") == size
