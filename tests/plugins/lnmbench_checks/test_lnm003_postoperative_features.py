from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm003_postoperative_features import PostoperativeFeatures

from lnmbench.records import Profile, Results

MakeProfile = Callable[..., Profile]


@pytest.mark.parametrize(
    "name", ["pT", "pathological_grade", "adjuvant therapy", "overall survival"]
)
def test_a_postoperative_name_is_reported(
    name: str, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile(name, 0.6))
    assert PostoperativeFeatures()(run) == repr(name)


@pytest.mark.parametrize("name", ["age", "cT", "CEA", "clinical_grade", "age at surgery"])
def test_a_preoperative_name_passes(
    name: str, cohort_run: Results, feature_profile: MakeProfile
) -> None:
    assert PostoperativeFeatures()(replace(cohort_run, profile=feature_profile(name, 0.6))) == ""


def test_auxiliary_labels_may_be_known_after_surgery(
    cohort_run: Results, feature_profile: MakeProfile
) -> None:
    run = replace(cohort_run, profile=feature_profile("pT", 0.6, role="aux"))
    assert PostoperativeFeatures()(run) is None
