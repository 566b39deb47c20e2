"""Choice of a segment, ROI or label."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.imaging.regions.naming import NamedRegion, choose, list_regions, quote_name

REGIONS = (
    NamedRegion(number=1, names=("GTV-1",)),
    NamedRegion(number=2, names=("GTV-2", "Neoplasm, Primary")),
    NamedRegion(number=7, names=("Lung",), size="90 voxels"),
)


@pytest.mark.parametrize(
    ("pattern", "number"),
    [("GTV-1", 1), ("gtv-2", 2), ("lu*", 7), ("7", 7), ("Neoplasm, Primary", 2), ("x,l?ng", 7)],
)
def test_a_name_a_pattern_or_a_number_chooses_one(pattern: str, number: int) -> None:
    assert choose(REGIONS, pattern, kind="ROI", where="file").number == number


def test_without_a_pattern_there_must_be_one() -> None:
    assert choose(REGIONS[:1], None, kind="ROI", where="file") is REGIONS[0]
    assert choose(REGIONS[:1], " ", kind="ROI", where="file") is REGIONS[0]
    with pytest.raises(UserError, match="3 ROIs, none of them selected"):
        choose(REGIONS, None, kind="ROI", where="file")
    with pytest.raises(UserError, match="no ROI in the file"):
        choose((), None, kind="ROI", where="file")


def test_no_match_and_several_matches_list_the_regions() -> None:
    with pytest.raises(UserError, match=r"2 ROIs match 'gtv\*'.*got 1 'GTV-1', 2 'GTV-2'"):
        choose(REGIONS, "gtv*", kind="ROI", where="file")
    with pytest.raises(UserError, match=r"no ROI matches 'x'.*7 'Lung' \(90 voxels\)"):
        choose(REGIONS, "x", kind="ROI", where="file")


def test_long_and_damaged_names_are_not_printed() -> None:
    assert quote_name("Lung\x1b[31m") == "(a damaged name)"
    assert len(quote_name("x" * 500)) < 50
    assert list_regions(REGIONS * 50).endswith(" more")
