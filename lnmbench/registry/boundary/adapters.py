"""Adapters of the roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.checks import guard_check
from lnmbench.registry.boundary.comparisons import GuardedComparison
from lnmbench.registry.boundary.metrics import guard_metric
from lnmbench.registry.boundary.sections import guard_section

ADAPTERS: Mapping[str, Callable[[Any, Boundary], object]] = {
    "metric": guard_metric,
    "comparison": GuardedComparison,
    "check": guard_check,
    "section": guard_section,
}
"""The function that returns an object behind its boundary, by role."""
