"""The clinical table: ids checked, cells encoded in the order of the cases."""

from __future__ import annotations

import math

import pytest

from lnmbench import Case, Column, UserError
from lnmbench.stages.ingest.encode_table import encode_columns, refuse_duplicate_ids

COLUMNS = (
    Column(name="id", role="id"),
    Column(name="hospital", role="center"),
    Column(name="age", role="feature"),
    Column(name="n1", role="target", kind="binary", label="n1", categories=("0", "1")),
)


def test_columns_are_numbers_but_for_ids_and_groups() -> None:
    cases = [
        Case(id="b", values={"hospital": "St Mary", "age": "61", "n1": "1"}),
        Case(id="a", values={"hospital": None, "n1": "0"}),
    ]
    values = encode_columns(cases, COLUMNS)
    assert values["id"] == ["b", "a"]
    assert values["hospital"] == ["St Mary", ""]
    assert values["age"][0] == 61.0
    assert math.isnan(float(values["age"][1]))
    assert values["n1"] == [1.0, 0.0]


def test_a_wrong_cell_is_named_by_its_case() -> None:
    with pytest.raises(UserError, match="case 'a'"):
        encode_columns([Case(id="a", values={"age": "old"})], COLUMNS)


def test_a_data_set_has_cases_and_each_id_once() -> None:
    refuse_duplicate_ids([Case(id="a", values={}), Case(id="b", values={})], "made")
    with pytest.raises(UserError, match="data set made has no cases"):
        refuse_duplicate_ids([], "made")
    doubled = [Case(id=id_, values={}) for id_ in "aabbc"]
    with pytest.raises(UserError, match="made has 2 ids that occur more than once.*e.g. 'a'"):
        refuse_duplicate_ids(doubled, "made")
