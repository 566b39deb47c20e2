from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm013_target_proxies import TargetProxies

from lnmbench.records import LeakSigns, Profile, Results

MakeProfile = Callable[..., Profile]


@pytest.mark.parametrize(("area", "fires"), [(1.0, False), (0.993, True), (0.89, False)])
def test_a_feature_that_almost_equals_the_target_is_reported(
    area: float, fires: bool, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("score", area))
    assert bool(TargetProxies()(run)) is fires


def test_features_with_few_values_are_not_assessed(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("rare", float("nan"), known=0))
    assert TargetProxies()(run) is None


@pytest.mark.parametrize(
    ("signs", "message"),
    [
        (LeakSigns(auc=0.97, low=0.91), "'x' alone has an AUC of .970"),
        (LeakSigns(auc=0.92, low=0.8), ""),
        (LeakSigns(auc=0.6, low=0.5, certain=14), "'x' has a value with which all 14 cases"),
        (LeakSigns(missing_auc=0.95, missing_low=0.9), "'x' is missing by class"),
        (LeakSigns(certain_known=12), "'x' is known in 12 cases, all of them positive"),
        (LeakSigns(auc=1.0, low=0.99), ""),
    ],
)
def test_signs_of_a_leak_are_reported(
    signs: LeakSigns, message: str, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("x", 0.6, signs=signs))
    assert (TargetProxies()(run) or "").startswith(message)
    assert bool(TargetProxies()(run)) is bool(message)
