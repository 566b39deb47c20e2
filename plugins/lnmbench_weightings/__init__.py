"""Weightings: combinations of the losses of target and auxiliary tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lnmbench.contracts import Weighting


@hookimpl
def register_weightings() -> Mapping[str, Callable[..., Weighting]]:
    """Offer the weightings of this package."""
    from lnmbench_weightings.fast_adaptive import FastAdaptiveWeights
    from lnmbench_weightings.fixed_weights import FixedWeights
    from lnmbench_weightings.gradient_norms import GradientNorms
    from lnmbench_weightings.gradient_weights import (
        ConflictAverseGradients,
        GradientSimilarity,
        ImpartialGradients,
        ProjectedGradients,
        ProjectedOntoTarget,
        UnconflictingGradients,
    )
    from lnmbench_weightings.loss_weights import (
        DynamicWeightAverage,
        EqualWeights,
        RandomWeights,
        UncertaintyWeights,
    )
    from lnmbench_weightings.priorities import PriorityConstraints
    from lnmbench_weightings.schedules import PretrainedTasks, ScheduledWeights

    return {
        "fixed": FixedWeights,
        "equal": EqualWeights,
        "uncertainty": UncertaintyWeights,
        "dwa": DynamicWeightAverage,
        "rlw": RandomWeights,
        "famo": FastAdaptiveWeights,
        "gradnorm": GradientNorms,
        "pcgrad": ProjectedGradients,
        "cagrad": ConflictAverseGradients,
        "imtl": ImpartialGradients,
        "upgrad": UnconflictingGradients,
        "gcs": GradientSimilarity,
        "pcgrad_primary": ProjectedOntoTarget,
        "pcd": PriorityConstraints,
        "schedule": ScheduledWeights,
        "pretrain": PretrainedTasks,
    }
