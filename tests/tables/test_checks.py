"""Checks of rows: ids and cells."""

from __future__ import annotations

import pytest

from lnmbench import Column, UserError
from lnmbench.tables import require_cells, require_unique_ids


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
