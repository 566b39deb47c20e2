"""Records of repeated runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from lnmbench.records import Plan, Resources, Trial
from lnmbench.stages.explain.variant_predictions import RepeatedImages, RepeatedRun


def test_folds_are_those_of_the_repeat(plan: Plan) -> None:
    run = make_run(plan)
    assert run.fold_of([3, 7]) == {case: int(plan.splits.outer[1, case]) for case in (3, 7)}
    assert not np.array_equal(plan.splits.outer[0], plan.splits.outer[1])
    assert make_run(plan, memory_gb=0.5).memory_bytes == 500_000_000
    assert run.memory_bytes is None


def make_run(plan: Plan, **resources: Any) -> RepeatedRun:
    unused: Any = None
    return RepeatedRun(
        plan=plan,
        cohort=unused,
        cohort_file=unused,
        registry=unused,
        resources=Resources(device="cpu", **resources),
        progress=unused,
        repeat=1,
    )


def test_the_chosen_candidate_is_that_of_the_unit() -> None:
    unused: Any = None
    trials = [
        Trial(candidate=number, settings={}, losses=(0.5,), chosen=number == 3)
        for number in (1, 2, 3)
    ]
    images = RepeatedImages(network=unused, features=unused, search={(1, 0): trials})
    assert images.chosen_candidate(1, 0, 1) == 3
    assert images.chosen_candidate(0, 0, 7) == 7
