"""Ids that differ only in spelling."""

from __future__ import annotations

import pytest
from lnmbench_table.id_spelling import name_difference, pair_spellings


@pytest.mark.parametrize(
    ("id_", "other", "difference"),
    [
        ("Pat-1", "PAT-1", "case"),
        ("P 1", "P1", "blanks"),
        ("1", "1.0", "decimals that a spreadsheet added"),
        ("R01-001", "R1-1", "leading zeros"),
        ("P_01", "P-01", "blanks, case, zeros or separators"),
        ("Ｐ１", "P1", "blanks, case, zeros or separators"),
    ],
)
def test_one_id_in_two_spellings(id_: str, other: str, difference: str) -> None:
    assert pair_spellings([id_], [other]) == {id_: other}
    assert name_difference(id_, other) == difference


@pytest.mark.parametrize(("id_", "others"), [("1-2", ["12"]), ("7", ["07", "007"]), ("10", ["1"])])
def test_another_id_or_a_doubtful_one_is_no_spelling(id_: str, others: list[str]) -> None:
    assert pair_spellings([id_], others) == {}
