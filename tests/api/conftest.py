from __future__ import annotations

import pytest

from lnmbench import RunSettings

SMALL: RunSettings = {
    "dataset": "synthetic:n=40,images=false",
    "only": True,
    "repeats": 1,
    "folds": 2,
    "inner": 2,
}


@pytest.fixture
def small() -> RunSettings:
    """Settings of a run of a second."""
    return RunSettings(**SMALL)
