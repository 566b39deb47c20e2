from __future__ import annotations

from collections.abc import Callable

import pytest

from lnmbench.choices import parse
from lnmbench.contracts import Metric
from lnmbench.registry import Registry


@pytest.fixture(scope="session")
def build_metric() -> Callable[[str], Metric]:
    """Build a metric from its text on the command line."""
    registry = Registry()

    def build(text: str) -> Metric:
        return registry.metrics.build(parse(text))

    return build
