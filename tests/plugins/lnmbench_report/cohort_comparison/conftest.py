"""Three cohorts under one protocol."""

from __future__ import annotations

import pytest

from lnmbench.records import Results
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_results


@pytest.fixture(scope="session")
def cohorts() -> list[Results]:
    """Three cohorts with the same three methods."""
    return [sample_results(SAMPLE_METHODS[:3], seed=seed) for seed in range(3)]
