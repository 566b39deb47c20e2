"""Sample results of a target with several outcomes."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench.testing import sample_outcome_results


def test_each_outcome_implies_those_before_it() -> None:
    outcomes = sample_outcome_results().outcomes
    assert outcomes is not None
    low, middle, high = outcomes.values.T
    assert [int(np.nansum(values)) for values in (low, middle, high)] == [50, 25, 5]
    assert (low >= middle).all()
    assert (middle >= high)[~np.isnan(high)].all()
    assert np.isnan(high).any()


@pytest.mark.parametrize("kind", ["multilabel", "ordinal"])
def test_every_method_has_the_scores_of_each_outcome(kind: str) -> None:
    results = sample_outcome_results(kind)  # type: ignore[arg-type]  # any text
    for result in results.method_results:
        assert set(result.summary) >= set(results.primary_metrics)
        assert list(result.by_outcome) == ["low", "middle", "high"]
