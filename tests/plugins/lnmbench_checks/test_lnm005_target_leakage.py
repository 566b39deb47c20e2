from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm005_target_leakage import TargetLeakage

from lnmbench.records import LeakSigns, Profile, Results

MakeProfile = Callable[..., Profile]


@pytest.mark.parametrize(("area", "fires"), [(1.0, True), (0.993, False), (0.98, False)])
def test_a_feature_that_equals_the_target_is_reported(
    area: float, fires: bool, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("score\n=1+1", area))
    message = TargetLeakage()(run)
    assert bool(message) is fires
    assert "\n" not in (message or "")


def test_features_with_few_values_are_not_assessed(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("rare", 1.0, known=7))
    assert TargetLeakage()(run) is None


def test_the_target_itself_is_no_feature(cohort_run: Results, feature_profile: MakeProfile) -> None:
    run = replace(cohort_run, profile=feature_profile("pN", 1.0, role="target"))
    assert TargetLeakage()(run) is None


def test_a_value_in_one_class_alone_is_reported(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    signs = LeakSigns(missing_auc=1.0, missing_low=0.97)
    run = replace(cohort_run, profile=feature_profile("size", 0.5, known=0, signs=signs))
    assert TargetLeakage()(run) == "'size' is known in one class and missing in the other"


def test_two_features_that_determine_the_target_are_reported(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    profile = replace(feature_profile("total", 0.6), separating_pairs=(("total", "free"),))
    message = TargetLeakage()(replace(cohort_run, profile=profile))
    assert message == "the difference of 'total' and 'free' has an AUC of 1"
