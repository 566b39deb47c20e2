"""The boundary of a made-up plugin."""

from __future__ import annotations

import pytest

from lnmbench.registry import Plugin
from lnmbench.registry.boundary import Boundary


@pytest.fixture
def boundary() -> Boundary:
    """The boundary of the metric `x` of a plugin whose module is this package of tests."""
    plugin = Plugin(name="mine", origin="mine.py", module=__name__, version="", explicit=True)
    return Boundary(plugin=plugin, role="metric", name="x")
