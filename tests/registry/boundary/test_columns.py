from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lnmbench import Column
from lnmbench.registry.boundary.columns import require_columns, require_features
from lnmbench.registry.boundary.values import Unexpected

AGE = Column(name="age", role="feature")


def test_sequences_become_tuples() -> None:
    categories: Any = ["a", "b"]
    column = replace(AGE, kind="nominal", categories=categories)
    assert require_columns([column])[0].categories == ("a", "b")


@pytest.mark.parametrize(
    ("columns", "got"),
    [
        ([AGE, AGE], "two columns 'age'"),
        (["age"], "'age'"),
        ([replace(AGE, known="later")], "'later'"),  # type: ignore[arg-type]
        ([replace(AGE, missing=(None,))], "None"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_column_is_described(columns: Any, got: str) -> None:
    with pytest.raises(Unexpected) as caught:
        require_columns(columns)
    assert caught.value.got == got


def test_a_feature_is_known_before_surgery() -> None:
    with pytest.raises(Unexpected, match="features known before surgery"):
        require_features([Column(name="pn", role="target")])
    assert require_features([AGE]) == (AGE,)
