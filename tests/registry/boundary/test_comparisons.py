from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lnmbench.errors import PluginError
from lnmbench.records import Pair, TestResult
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.comparisons import GuardedComparison

PAIR = Pair(
    metric="auc",
    method_a="a",
    method_b="b",
    a=np.zeros((1, 2)),
    b=np.ones((1, 2)),
    truth=np.zeros(3),
    predicted_a=np.zeros((1, 3)),
    predicted_b=np.zeros((1, 3)),
    fold=np.zeros((1, 3), dtype=np.int16),
)


class Difference:
    title, role = "mean difference", "exploratory"
    result: Any = TestResult(estimate=np.float32(1), low=0, high=2, statistic=math.inf, df=1)

    def __call__(self, pair: Pair) -> Any:
        return self.result


def test_a_result_has_plain_numbers(boundary: Boundary) -> None:
    result = GuardedComparison(Difference(), boundary)(PAIR)
    assert result is not None
    assert (type(result.estimate), result.estimate, result.statistic) == (float, 1.0, math.inf)
    assert math.isnan(result.pvalue)


def test_a_pair_that_does_not_suit_has_no_result(boundary: Boundary) -> None:
    nothing = type("Nothing", (Difference,), {"result": None, "role": "primary"})()
    assert GuardedComparison(nothing, boundary)(PAIR) is None


def test_no_comparison_changes_the_pair_of_another(boundary: Boundary) -> None:
    def change(self: object, pair: Pair) -> None:
        pair.truth[0] = 1.0

    changing = type("Changing", (Difference,), {"__call__": change})()
    with pytest.raises(PluginError, match="read-only"):
        GuardedComparison(changing, boundary)(PAIR)
    assert PAIR.truth[0] == 0.0
