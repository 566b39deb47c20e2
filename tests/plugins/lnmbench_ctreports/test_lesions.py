"""The primary lesion: the largest one, and its lobe."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Read = Callable[..., dict[str, object]]


LARGEST = {
    "Two nodules: RUL 12 mm calcified, and LLL 21 mm.": "LLL",
    "Two nodules, 12 mm in the RUL, calcified, and 21 mm in the LLL.": "LLL",
    "Nodules in the RUL (12 mm, calcified) and LLL (21 mm).": "LLL",
    "Pulmonary nodules. RUL: 12 mm, calcified. LLL: 21 mm.": "LLL",
    "右肺上叶结节12mm，伴钙化，左肺下叶21mm。": "LLL",
    "Nodules in the RUL and LLL measuring 12 and 21 mm.": None,
    "Nodules in the right upper lobe and left lower lobe, the largest 21 mm.": None,
    "右肺上叶及左肺下叶见结节，大者约21mm。": None,
    "Nodules in the RUL, RML and LLL, the largest 21 mm.": None,
    "Mass of 21 mm in the RUL, LLL clear.": "RUL",
}


@pytest.mark.parametrize(("text", "lobe"), LARGEST.items())
def test_of_several_lesions_none_takes_what_is_said_of_another(
    read: Read, text: str, lobe: str | None
) -> None:
    assert read(text) == {"long axis": 21.0} | ({"lobe": lobe} if lobe else {})
