from __future__ import annotations

import pytest
from lnmbench_tnm.editions import CLASSES, EDITIONS, candidates, find_edition, read_class

from lnmbench import UserError


@pytest.mark.parametrize(
    ("classes", "edition"),
    [
        (("T1a", "T1b", "T1c", "T2"), "8"),
        (("Tis", "T1a", "T2b", "T4"), "7"),
        (("T1", "T1a", "T2a", "T4"), "6"),
        (("T1", "T1c", "T4a"), "names"),
        ((), "7"),
    ],
)
def test_the_edition_is_inferred_from_the_classes(classes: tuple[str, ...], edition: str) -> None:
    assert find_edition("auto", classes) is EDITIONS[edition]
    assert find_edition("8", classes) is EDITIONS["8"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_class_of_an_edition_maps_to_classes_of_the_8th(edition: str) -> None:
    for name, classes in EDITIONS[edition].sets.items():
        assert candidates(f"pT{name}", EDITIONS[edition]) == classes
        assert classes
        assert set(classes) <= set(CLASSES)


@pytest.mark.parametrize(
    ("category", "expected"),
    [("pT1a", "1a"), (" ypT2 ", "2"), ("T3(2)", "3"), ("Tis", ""), ("T1a (mi)", ""), ("4B", "4b")],
)
def test_spellings_of_a_class(category: str, expected: str) -> None:
    assert read_class(category) == expected


def test_a_class_of_another_edition_is_refused() -> None:
    with pytest.raises(UserError, match="T1c is not a class of AJCC 7"):
        candidates("T1c", EDITIONS["7"])
    with pytest.raises(UserError, match="'N2' is not a T class"):
        read_class("N2")
    with pytest.raises(UserError, match="clinical class is no pathological one"):
        read_class("cT2a")
