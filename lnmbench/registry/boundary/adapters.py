"""Adapters of the roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.metrics import guard_metric

ADAPTERS: Mapping[str, Callable[[Any, Boundary], object]] = {
    "metric": guard_metric,
}
"""The function that returns an object behind its boundary, by role."""
