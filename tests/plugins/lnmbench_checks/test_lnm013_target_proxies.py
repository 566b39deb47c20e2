from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm013_target_proxies import TargetProxies

from lnmbench.records import Profile, Results

MakeProfile = Callable[..., Profile]


@pytest.mark.parametrize(("separation", "fires"), [(1.0, False), (0.993, True), (0.98, False)])
def test_a_feature_that_almost_equals_the_target_is_reported(
    separation: float, fires: bool, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("score", separation))
    assert bool(TargetProxies()(run)) is fires


def test_features_with_few_values_are_not_assessed(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("rare", float("nan"), known=0))
    assert TargetProxies()(run) is None
