"""Adapters of the roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.checks import guard_check
from lnmbench.registry.boundary.comparisons import GuardedComparison
from lnmbench.registry.boundary.data import GuardedDataset, GuardedReportReader, guard_target
from lnmbench.registry.boundary.encoders import guard_encoder
from lnmbench.registry.boundary.executors import GuardedExecutor
from lnmbench.registry.boundary.feature_extractors import GuardedFeatureExtractor
from lnmbench.registry.boundary.image_baselines import guard_baseline
from lnmbench.registry.boundary.metrics import guard_metric
from lnmbench.registry.boundary.sections import guard_section
from lnmbench.registry.boundary.tasks import guard_task
from lnmbench.registry.boundary.weightings import guard_weighting

ADAPTERS: Mapping[str, Callable[[Any, Boundary], object]] = {
    "dataset": GuardedDataset,
    "report reader": GuardedReportReader,
    "feature extractor": GuardedFeatureExtractor,
    "target": guard_target,
    "encoder": guard_encoder,
    "aux task": guard_task,
    "weighting": guard_weighting,
    "baseline": guard_baseline,
    "executor": GuardedExecutor,
    "metric": guard_metric,
    "comparison": GuardedComparison,
    "check": guard_check,
    "section": guard_section,
}
"""The function that returns an object behind its boundary, by role."""
