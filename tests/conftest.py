"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real data to test against; the test is skipped where there is none."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("LNMBENCH_TEST_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"no real data at {folder}: set LNMBENCH_TEST_DATA")
    return folder
