"""Choice of a segment, ROI or label."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.imaging.regions.naming import EMPTY, NamedRegion, choose, list_regions, quote_name

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


@pytest.mark.parametrize(
    "stored", [" GTV-1", "GTV-1\0", "ＧＴＶ－１", "GTV-1\u3000", "\ufeffgtv-1"]
)
def test_blanks_and_forms_of_letters_do_not_matter(stored: str) -> None:
    regions = (NamedRegion(number=3, names=(stored,)), NamedRegion(number=4, names=("GTV-10",)))
    assert choose(regions, "GTV-1", kind="ROI", where="file").number == 3
    assert quote_name(stored) != "(a damaged name)" or "\ufeff" in stored


def test_accents_composed_or_not_are_one_name() -> None:
    regions = (NamedRegion(number=3, names=("Tumo\u0308r",)), *REGIONS)
    assert choose(regions, "tum\u00f6r", kind="ROI", where="file").number == 3
    assert choose(regions, "*m\u00f6r", kind="ROI", where="file").number == 3


def test_of_two_with_one_name_the_one_that_marks_something_is_meant() -> None:
    twice = (
        NamedRegion(number=1, names=("GTV",), size=EMPTY),
        NamedRegion(number=2, names=("GTV",)),
    )
    for pattern in ("GTV", "gtv*", None):
        assert choose(twice, pattern, kind="ROI", where="file").number == 2
    assert choose(twice[:1], "GTV", kind="ROI", where="file").number == 1
    both = (*twice, NamedRegion(number=5, names=("gtv ",)))
    assert choose(both, "GTV", kind="ROI", where="file").number == 2
    with pytest.raises(UserError, match="2 ROIs match"):
        choose(both[1:], "Gtv", kind="ROI", where="file")
