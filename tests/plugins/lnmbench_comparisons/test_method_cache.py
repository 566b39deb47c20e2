from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from lnmbench_comparisons.method_cache import MethodCache
from numpy.typing import NDArray

from lnmbench.records import Pair


def test_each_method_is_computed_once_until_its_predictions_change(
    pair_of_scores: Callable[..., Pair],
) -> None:
    computed: list[float] = []

    def compute(predicted: NDArray[np.float64], pair: Pair) -> float:
        computed.append(float(predicted.sum()))
        return computed[-1]

    cache = MethodCache(compute)
    pair = replace(
        pair_of_scores(np.zeros((1, 2)), np.zeros((1, 2))),
        predicted_a=np.ones((1, 3)),
        predicted_b=np.full((1, 3), 2.0),
    )
    assert cache.both(pair) == (3.0, 6.0)
    assert cache.both(replace(pair, method_a="b", predicted_a=pair.predicted_b)) == (6.0, 6.0)
    assert computed == [3.0, 6.0]
    assert cache.both(replace(pair, predicted_b=np.zeros((1, 3)))) == (3.0, 0.0)
