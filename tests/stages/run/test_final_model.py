"""The final model of a linear baseline."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lnmbench import Cohort
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import BaselineMethod, Choice, Plan
from lnmbench.registry import Registry
from lnmbench.stages.run.final_model import fit_final_model

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


def test_the_settings_chosen_most_often_are_fitted_to_all_cases(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort, baseline = make_cohort(40), Registry().baselines.build(METHOD.baseline)
    settings = ['{"C": 0.1}', '{"C": 10.0}', '{"C": 10.0}', '{"C": 0.03}']
    model = fit_final_model(METHOD, baseline, cohort, plan, settings)
    assert model is not None
    assert (dict(model.settings), model.chosen, model.units, model.cases) == ({"C": 10.0}, 2, 4, 30)
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    expected = make_pipeline(preprocessor(cohort.features), LogisticRegression(C=10))
    expected.fit(frame, plan.truth)
    (equation,) = model.equations
    age = equation.terms[0]
    assert age.coefficient * frame["age"].std(ddof=0) == pytest.approx(
        expected[-1].coef_[0, 0], rel=1e-3
    )
