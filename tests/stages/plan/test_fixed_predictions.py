"""Fixed predictions for a plan."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.records import CasePredictions, Outcomes, Plan
from lnmbench.stages.plan.case_finder import make_case_finder
from lnmbench.stages.plan.fixed_predictions import (
    PlannedPredictions,
    hash_files,
    plan_predictions,
)

MakeCohort = Callable[..., Cohort]


class Reader:
    """Returns the predictions that it is made of."""

    def __init__(self, **fields: Any) -> None:
        self.fields = fields

    def predict_cases(
        self, cohort: Cohort, find_case: Callable[[str], int | None]
    ) -> CasePredictions:
        return CasePredictions(**self.fields)


def planned(cohort: Cohort, plan: Plan, **fields: Any) -> PlannedPredictions:
    reader: Any = Reader(**fields)
    return plan_predictions(reader, cohort, plan, make_case_finder(cohort), label="reader")


def test_predictions_of_all_cases_hold_in_every_repeat(make_cohort: MakeCohort, plan: Plan) -> None:
    cohort = make_cohort(40)
    fixed = planned(cohort, plan, values=np.arange(40) / 40, partial=True)
    np.testing.assert_array_equal(fixed.values, np.tile(np.arange(30) / 40, (2, 1)))
    assert not fixed.partial, "every case of the plan has a prediction"
    assert fixed.label == "reader"
    assert planned(cohort, plan, values=np.zeros(40), label="R1").label == "R1"


def test_cases_without_a_prediction_are_refused_or_declared(
    make_cohort: MakeCohort, plan: Plan
) -> None:
    values = np.full(30, 0.5)
    values[::5] = np.nan
    cohort = make_cohort(30)
    with pytest.raises(UserError, match="no prediction for 6 of 30 cases with a known n2"):
        planned(cohort, plan, values=values)
    fixed = planned(cohort, plan, values=values, partial=True)
    assert fixed.partial
    assert fixed.covered.sum() == 24
    assert "24 of 30 cases" in fixed.notes[-1]
    values[plan.truth == 1] = np.nan
    with pytest.raises(UserError, match="at least two positive.*got 0 and 16"):
        planned(cohort, plan, values=values, partial=True)


def test_a_case_that_one_repeat_lacks_has_no_prediction_in_any(
    make_cohort: MakeCohort, plan: Plan
) -> None:
    values = np.full((2, 30), 0.5)
    values[1, 4] = np.nan
    fixed = planned(make_cohort(30), plan, values=values, partial=True)
    assert np.isnan(fixed.values[:, 4]).all()
    assert fixed.covered.sum() == 29


def test_predictions_by_split_must_be_of_the_folds_of_the_plan(
    make_cohort: MakeCohort, plan: Plan
) -> None:
    values, folds = np.full((2, 30), 0.5), plan.splits.outer.astype(np.int64)
    cohort = make_cohort(30)
    assert planned(cohort, plan, values=values, folds=folds).values.shape == (2, 30)
    wrong = folds.copy()
    wrong[1, :4] = (wrong[1, :4] + 1) % 3
    with pytest.raises(UserError, match="4 of 60 predictions are of another outer fold"):
        planned(cohort, plan, values=values, folds=wrong)
    for repeats in (1, 3):
        with pytest.raises(UserError, match=f"expected 2 repeats, got {repeats}"):
            planned(cohort, plan, values=np.full((repeats, 30), 0.5))


def test_a_target_with_several_outcomes_is_refused(make_cohort: MakeCohort, plan: Plan) -> None:
    outcomes = Outcomes(kind="multilabel", names=("a",), values=plan.truth[:, None])
    with pytest.raises(UserError, match="several outcomes"):
        planned(make_cohort(30), replace(plan, outcomes=outcomes), values=np.zeros(30))


def test_files_are_hashed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,p\n")
    parameters = {"path": tmp_path / "a.csv", "none": tmp_path / "b.csv", "text": "x"}
    assert hash_files(parameters) == (("path", hashlib.sha256(b"id,p\n").hexdigest()),)
