"""Units of methods that are not trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.records import BaselineMethod, Choice, Plan
from lnmbench.stages.run.chunk import BaselineChunk
from lnmbench.stages.run.fixed_predictions import fixed_results

METHOD = BaselineMethod(label="reader", baseline=Choice(name="reader"), trained=False)


def test_each_unit_has_the_predictions_of_its_cases(plan: Plan) -> None:
    values = np.arange(30) / 30
    chunk = BaselineChunk(
        method=METHOD, repeat=1, folds=range(3), plan=plan, cohort_file=Path(), fixed=values
    )
    results = fixed_results(chunk, values)
    assert [result.unit.fold for result in results] == [0, 1, 2]
    for result in results:
        tested = plan.splits.outer[1] == result.unit.fold
        np.testing.assert_array_equal(result.test["target"][:, 0], np.where(tested, values, np.nan))
        np.testing.assert_array_equal(result.validation, np.where(tested, np.nan, values))
        assert (result.fits, result.search) == (0, ())


def test_a_partial_method_has_no_validation_predictions(plan: Plan) -> None:
    values = np.where(np.arange(30) < 4, np.nan, 0.5)
    method = replace(METHOD, partial=True)
    chunk = BaselineChunk(
        method=method, repeat=0, folds=(2,), plan=plan, cohort_file=Path(), fixed=values
    )
    (result,) = fixed_results(chunk, values)
    assert np.isnan(result.validation).all()
    tested = plan.splits.outer[0] == 2
    np.testing.assert_array_equal(
        ~np.isnan(result.test["target"][:, 0]), tested & ~np.isnan(values)
    )
