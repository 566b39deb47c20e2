"""Values of parameters among which a search chooses."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from lnmbench import UserError
from lnmbench.estimators.search_values import parse_search


def parse(search: object) -> dict[str, tuple[object, ...]]:
    return parse_search(search, LogisticRegression(), "LogisticRegression", "estimator a")


def test_values_of_arrays_become_numbers_of_python() -> None:
    values = parse({"C": np.array([1, 2]), "class_weight": [None, "balanced"]})
    assert values == {"C": (1, 2), "class_weight": (None, "balanced")}
    assert all(type(each) is int for each in values["C"])


@pytest.mark.parametrize(
    ("search", "message"),
    [
        ([1], "wrong value for search.*got a list"),
        ({"tool": [1]}, "no parameter 'tool'.*did you mean tol"),
        ({"C": []}, "wrong values for C"),
        ({"C": "ab"}, "wrong values for C"),
        ({"C": [(1, object())]}, "wrong value for C.*numbers"),
        ({"C": [np.nan]}, "wrong value for C"),
    ],
)
def test_wrong_values_are_refused_in_one_line(search: object, message: str) -> None:
    with pytest.raises(UserError, match=message) as refusal:
        parse(search)
    assert "\n" not in str(refusal.value)
