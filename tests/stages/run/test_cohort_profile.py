"""What the ledger keeps of a cohort, for its table and for the checks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench.records import (
    Cohort,
    Column,
    ImageCounts,
    Outcomes,
    Plan,
    Profile,
    Variable,
    mark_positive,
)
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.store.serialization import pack, unpack


@pytest.fixture
def cohort(make_cohort: Any) -> Cohort:
    made: Cohort = make_cohort(60)
    columns = (
        Column(name="copy", role="feature", kind="nominal", categories=("a", "b", "c")),
        Column(name="reverse", role="feature"),
        Column(name="unknown", role="feature"),
    )
    truth = made.values["n2"]
    values = {
        "copy": np.where(truth == 1, 1.0, np.arange(60) % 2 * 2.0),
        "reverse": -np.asarray(truth, dtype=float),
        "unknown": np.full(60, np.nan),
    }
    return replace(made, columns=(*made.columns, *columns), values={**made.values, **values})


NO_FILE = Path("none.h5")
"""The cohort has no images, so that its file is not read."""


def variables(cohort: Cohort, plan: Plan) -> dict[str, Variable]:
    return {one.name: one for one in make_profile(cohort, NO_FILE, plan).variables}


def test_only_the_cases_of_the_plan_count_apart_for_the_classes(cohort: Cohort, plan: Plan) -> None:
    age = variables(cohort, plan)["age"]
    assert (age.everyone.known, age.negative.known, age.positive.known) == (30, 20, 10)
    assert age.positive.quartiles is not None
    ages = np.asarray(cohort.values["age"][:30], dtype=float)
    assert age.positive.quartiles[1] == pytest.approx(np.median(ages[plan.truth == 1]))
    sex = variables(cohort, plan)["sex"]
    assert sum(sex.negative.counts) == 20


def test_what_tells_the_target_separates_it_whichever_way_round(cohort: Cohort, plan: Plan) -> None:
    areas = {name: v.signs.auc for name, v in variables(cohort, plan).items() if v.signs}
    assert areas["copy"] == 1.0
    assert areas["reverse"] == 1.0
    assert areas["sex"] is not None
    assert 0.5 <= areas["sex"] < 0.9
    assert areas["unknown"] is None


def test_many_random_categories_separate_nothing(cohort: Cohort, plan: Plan) -> None:
    names = tuple(f"surgeon {number}" for number in range(60))
    surgeon = Column(name="surgeon", role="feature", kind="nominal", categories=names)
    every = np.random.default_rng(0).permutation(60).astype(float)
    for values, most in ((every, 0.65), (every // 3, 0.65), (every % 4, 0.8)):
        made = replace(
            cohort,
            columns=(*cohort.columns, surgeon),
            values={**cohort.values, "surgeon": values},
        )
        signs = variables(made, plan)["surgeon"].signs
        assert signs is not None
        assert signs.auc is not None
        assert signs.auc <= most


def test_no_names_of_patients_are_kept_and_the_ledger_gives_back_the_rest(
    cohort: Cohort, plan: Plan
) -> None:
    made: Profile = make_profile(cohort, NO_FILE, plan)
    assert "id" not in variables(cohort, plan)
    assert made.near_duplicates is None
    text = pack(made)
    assert "case-" not in text
    assert pack(unpack(Profile, text)) == text


def test_features_have_signs_of_leaks_and_labels_have_none(cohort: Cohort, plan: Plan) -> None:
    by_name = variables(cohort, plan)
    signs = by_name["reverse"].signs
    assert signs is not None
    assert signs.auc == 1.0
    assert all(v.signs is None for v in by_name.values() if v.role != "feature")


def test_a_feature_that_tells_one_outcome_separates_it(cohort: Cohort, plan: Plan) -> None:
    other = np.where(np.arange(30) % 5 == 0, np.nan, np.arange(30) % 2)
    values = np.column_stack([other, plan.truth])
    outcomes = Outcomes(kind="multilabel", names=("a", "b"), values=values)
    several = replace(plan, outcomes=outcomes, truth=mark_positive(values))
    signs = variables(cohort, several)["reverse"].signs
    assert signs is not None
    assert signs.auc == 1.0
    assert variables(cohort, replace(several, outcomes=None))["reverse"].signs != signs


def test_a_profile_has_the_numbers_of_cases_without_images(cohort: Cohort, plan: Plan) -> None:
    images = ImageCounts(
        with_images=20, positives_with_images=5, without_images=10, positives_without_images=4
    )
    profile = make_profile(cohort, NO_FILE, plan, images)
    assert profile.images == images
    assert unpack(Profile, pack(profile)) == profile
    assert make_profile(cohort, NO_FILE, plan).images is None
