"""Checks of rows: ids and cells."""

from __future__ import annotations

import math

import pytest

from lnmbench import Column, UserError
from lnmbench.tables import encode_cells, require_cells, require_unique_ids


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (["A", "B", "A", "A"], "1 patient id occurs more than once (t.csv)"),
        (["A", "", ""], "2 patient ids are empty (t.csv)"),
    ],
)
def test_an_id_is_there_and_unique(ids: list[str], message: str) -> None:
    require_unique_ids(["A", "B"], where="t.csv")
    with pytest.raises(UserError) as refusal:
        require_unique_ids(ids, where="t.csv")
    assert str(refusal.value) == f"{message}: expected one row per patient, each with an id"


def test_cells_are_checked_but_for_those_that_are_no_numbers() -> None:
    columns = (Column(name="place", role="center"), Column(name="age", role="feature"))
    rows = [{"place": "here", "age": "61"}, {"place": "there", "age": "old"}]
    require_cells(columns, ["A"], rows[:1])
    with pytest.raises(UserError, match=r"column 'age' holds 'old' \(case 'B'\)"):
        require_cells(columns, ["A", "B"], rows)


def test_the_wrong_cells_of_all_columns_come_at_once() -> None:
    columns = (Column(name="age", role="feature"), Column(name="size", role="feature"))
    rows = [{"age": "old", "size": 1}, {"age": "young", "size": 2}, {"age": 3, "size": "big"}]
    with pytest.raises(UserError) as refusal:
        require_cells(columns, ["A", "B", "C"], rows)
    head, age, size = str(refusal.value).splitlines()
    assert head == "2 errors in the table:"
    assert "'old' (case 'A')" in age
    assert age.endswith("1 more cell of the column cannot be used")
    assert "'big' (case 'C')" in size


def test_cells_that_cannot_be_encoded_are_unknown() -> None:
    numbers, errors = encode_cells(Column(name="x", role="feature"), ["1", "a", ""], ["", "r", ""])
    assert numbers[0] == 1
    assert all(map(math.isnan, numbers[1:]))
    assert len(errors) == 1
