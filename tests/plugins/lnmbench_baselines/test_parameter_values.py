from __future__ import annotations

import pytest
from lnmbench_baselines.parameter_values import parse_values

from lnmbench import UserError


def test_values_are_numbers_words_and_texts() -> None:
    assert parse_values("") == {}
    assert parse_values(" a=1+b=0.5+0.7+c=none+True+d=gini+e=[1, 2]+f=1e+3+1E-2") == {
        "a": [1],
        "b": [0.5, 0.7],
        "c": [None, True],
        "d": ["gini"],
        "e": [[1, 2]],
        "f": [1000.0, 0.01],
    }
    assert parse_values("svc__C=1+10") == {"svc__C": [1, 10]}


@pytest.mark.parametrize("text", ["a", "=1", "a=", "a=1+", "a=1+a=2", "1+2", "a-b=1", "a=1++2"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(UserError, match="wrong value for parameters .* got '"):
        parse_values(text)
