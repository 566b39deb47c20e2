"""Columns that the user names."""

from __future__ import annotations

import pytest
from lnmbench_scores.mapped_columns import find_named

from lnmbench import Column, UserError

COLUMNS = [Column(name="age", role="feature"), Column(name="cea", role="feature")]


def test_the_named_feature_is_taken() -> None:
    assert find_named(COLUMNS, "cea", parameter="column", where="score x") is COLUMNS[1]


def test_another_name_is_refused_with_those_of_the_features() -> None:
    match = r"^no feature 'CEA' in the cohort \(score x\): expected 'age', 'cea'; correct column"
    with pytest.raises(UserError, match=match):
        find_named(COLUMNS, "CEA", parameter="column", where="score x")
    with pytest.raises(UserError, match="expected a column with the role feature"):
        find_named([], "CEA", parameter="column", where="score x")
