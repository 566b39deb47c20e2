"""Fixed predictions behind the boundary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lnmbench import Cohort
from lnmbench.contracts import FixedPredictions
from lnmbench.errors import PluginError
from lnmbench.records import CasePredictions
from lnmbench.registry.boundary import Boundary
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.registry.boundary.predictions import GuardedPredictions


class Reader:
    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def predict_cases(self, cohort: Cohort, find_case: Callable[[str], int | None]) -> Any:
        return CasePredictions(**self.fields) if self.fields else None


def predict(boundary: Boundary, cohort: Cohort, **fields: Any) -> CasePredictions:
    guarded = GuardedPredictions(Reader(**fields), boundary)
    return guarded.predict_cases(cohort, lambda id_: None)


def test_a_baseline_without_an_estimator_has_fixed_predictions(boundary: Boundary) -> None:
    baseline: Any = Reader()
    assert isinstance(baseline, FixedPredictions)
    guarded = GuardedBaseline(baseline, boundary)
    assert guarded.fixed is not None
    assert guarded.candidates() == ({},)


def test_predictions_are_copies(boundary: Boundary, make_cohort: Callable[..., Cohort]) -> None:
    values = np.array([0.0, 1.0, np.nan])
    predictions = predict(boundary, make_cohort(3), values=values, scale="call")
    values[:] = 0.5
    np.testing.assert_array_equal(predictions.values, [0.0, 1.0, np.nan])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "expected CasePredictions, got None"),
        ({"values": np.zeros(2)}, r"the shape \(3,\)"),
        ({"values": np.zeros((2, 2))}, "the shape"),
        ({"values": np.full(3, 1.5)}, "got 1.5"),
        ({"values": np.full(3, 0.5), "scale": "call"}, "calls of 0 or 1"),
        ({"values": np.zeros(3), "scale": "odds"}, "probability, rating, call"),
        ({"values": np.zeros(3), "folds": np.zeros(3)}, "folds for predictions of each repeat"),
        ({"values": np.zeros((1, 3)), "folds": np.full((1, 3), 0.5)}, "numbers of folds"),
        ({"values": np.zeros(3), "partial": "yes"}, "True or False"),
        ({"values": np.zeros(3), "rating_range": (1.0, 5.0)}, "of ratings alone"),
        (
            {"values": np.zeros(3), "scale": "rating", "rating_range": (5.0, 1.0)},
            "the lowest rating before the highest",
        ),
        (
            {"values": np.zeros(3), "scale": "rating", "rating_range": (1.0, np.inf)},
            "got inf",
        ),
    ],
)
def test_what_the_contract_excludes(
    boundary: Boundary,
    make_cohort: Callable[..., Cohort],
    fields: dict[str, Any],
    message: str,
) -> None:
    with pytest.raises(PluginError, match=message):
        predict(boundary, make_cohort(3), **fields)
