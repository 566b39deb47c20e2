from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import ParameterGrid

from lnmbench.registry.boundary import values
from lnmbench.registry.boundary.values import Unexpected

count = partial(values.require_count, low=1, high=9)
share = partial(values.require_number, low=0.0, high=1.0)
option = partial(values.require_option, options=("a", "b"))
sequence = partial(values.require_sequence, most=2)
mapping = partial(values.require_mapping, most=1)


class Endless(Sequence[int]):
    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, index: object) -> int:  # type: ignore[override]
        return 0


@pytest.mark.parametrize(
    ("check", "value", "expected"),
    [
        (values.require_text, " a\nb\x1b ", "a b"),
        (values.require_texts, ["a", "b"], ("a", "b")),
        (values.require_flag, np.True_, True),
        (count, np.int64(3), 3),
        (share, 1, 1.0),
        (share, np.float32(0.5), 0.5),
        (share, np.array(0.5), 0.5),
        (share, 1.0 + 1e-9, 1.0 + 1e-9),
        (values.require_interval, [0, math.inf], (0.0, math.inf)),
        (option, "b", "b"),
        (sequence, [1, 2], (1, 2)),
        (sequence, np.array([1.0]), (1.0,)),
        (sequence, ParameterGrid({"c": [1]}), ({"c": 1},)),
        (sequence, {"a": 1}.keys(), ("a",)),
        (mapping, pd.Series({"a": 1}), {"a": 1}),
        (mapping, {"a": 1}, {"a": 1}),
    ],
)
def test_a_good_value_is_returned(
    check: Callable[[object], object], value: object, expected: object
) -> None:
    assert check(value) == expected


@pytest.mark.parametrize(
    ("check", "value", "expected", "got"),
    [
        (values.require_text, 3, "a text", "3"),
        (values.require_text, "\x1b", "a text", "an empty one"),
        (values.require_text, "x" * 10_001, "at most 10000 characters", "10001"),
        (values.require_texts, "text", "a list or tuple", "'text'"),
        (values.require_texts, [None], "a text", "None"),
        (values.require_flag, "yes", "True or False", "'yes'"),
        (count, True, "a whole number from 1 to 9", "True"),
        (count, 2.0, "a whole number from 1 to 9", "2.0"),
        (count, 10**6, "a whole number from 1 to 9", "1000000"),
        (share, math.nan, "a number from 0 to 1", "nan"),
        (share, -0.1, "a number from 0 to 1", "-0.1"),
        (share, None, "a number from 0 to 1", "None"),
        (share, "0.5", "a number from 0 to 1", "'0.5'"),
        (share, True, "a number from 0 to 1", "True"),
        (share, np.zeros(3), "a number from 0 to 1", "ndarray of shape (3,)"),
        (values.require_number, math.inf, "a finite number", "inf"),
        (partial(values.require_number, low=0, nan=True), -1, "of at least 0 or NaN", "-1"),
        (values.require_interval, (1.0, 0.0), "two numbers, the smaller one first", "1.0, 0.0"),
        (values.require_interval, (0.0,), "two numbers, the smaller one first", "0.0"),
        (values.require_interval, (0.0, math.nan), "two numbers", "0.0, nan"),
        (option, "c", "a, b", "'c'"),
        (sequence, iter([]), "a list or tuple", "list_iterator"),
        (sequence, {1, 2}, "a list or tuple", "set"),
        (sequence, {"a": 1}, "a list or tuple", "dict of 1"),
        (sequence, Endless(), "at most 2 items", "1000000000"),
        (mapping, [], "a mapping", "list of 0"),
        (mapping, {1: 2}, "texts as keys", "1"),
        (mapping, {"a": 1, "b": 2}, "at most 1 keys", "2"),
    ],
)
def test_another_value_is_described(
    check: Callable[[object], object], value: object, expected: str, got: str
) -> None:
    with pytest.raises(Unexpected) as unexpected:
        check(value)
    assert unexpected.value.expected.endswith(expected) or expected in unexpected.value.expected
    assert unexpected.value.got == got
