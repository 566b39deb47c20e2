from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench.records import Pair


@pytest.fixture
def pair_of_scores() -> Callable[..., Pair]:
    """Make a pair of methods from fold scores (repeats, folds), without predictions."""

    def make(a: NDArray[np.float64], b: NDArray[np.float64], *, metric: str = "auc") -> Pair:
        empty = np.zeros((a.shape[0], 0))
        return Pair(
            metric=metric,
            method_a="a",
            method_b="b",
            a=a,
            b=b,
            truth=np.zeros(0),
            predicted_a=empty,
            predicted_b=empty,
            fold=empty.astype(np.int16),
        )

    return make
