"""Results with readers beside trained methods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import BaselineMethod, Choice, PredictionScale, Results
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_predictions,
    sample_results,
)


def reader(name: str, scale: PredictionScale, *, partial: bool = False) -> BaselineMethod:
    choice = Choice(name="predictions", parameters={"column": name})
    return BaselineMethod(label=name, baseline=choice, trained=False, scale=scale, partial=partial)


SOFTWARE = reader("software", "probability")
RATING = reader("rating", "rating", partial=True)
READERS = [reader(name, "call") for name in ("first", "second", "third")]


@pytest.fixture(scope="session")
def readers() -> Results:
    """Software, ratings of 150 cases, and three readers of which the third lacks 100 cases."""
    trained = [(MULTI_TASK, 1.0), (SINGLE_TASK, 0.95), (LOGISTIC, 0.9)]
    predictions = sample_predictions(trained)
    random = np.random.default_rng(5)
    truth = np.arange(200) % 4 == 0
    software = np.clip(0.4 + 0.2 * truth + random.normal(0, 0.2, 200), 0, 1)
    calls = np.where(random.random((3, 200)) < 0.25, ~truth, truth).astype(float)
    calls[2, :100] = np.nan
    rating = np.where(np.arange(200) < 50, np.nan, (software * 5).round() / 5)
    third = replace(READERS[2], partial=True)
    methods = [SOFTWARE, RATING, *READERS[:2], third]
    for method, values in zip(methods, [software, rating, *calls], strict=True):
        predictions[method.fingerprint] = np.tile(values, (4, 1))
    return sample_results([*trained, *((m, 0.0) for m in methods)], predictions=predictions)
