"""Equations of linear baselines, against scikit-learn and statsmodels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lnmbench import Cohort
from lnmbench.classical import ClassicalModel
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import BaselineMethod, Choice, Column, LinearEquation, Outcomes, Plan
from lnmbench.registry import Registry
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.baselines import cohort_table, fit_equations
from lnmbench.stages.run.chunk import Fit

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
LOGISTIC = Registry().baselines.select(METHOD.baseline)


@pytest.fixture
def cohort(make_cohort: Callable[..., Cohort]) -> Cohort:
    """A cohort with a continuous column with missing values, and a nominal one."""
    cohort = make_cohort(30)
    age = np.where(np.arange(30) % 7 == 0, np.nan, cohort.values["age"])
    return replace(cohort, values={**cohort.values, "age": age})


def all_cases(plan: Plan) -> Fit:
    everything = np.ones(len(plan.ids), dtype=np.bool_)
    return Fit(
        fold=0, inner=0, training=everything, validation=~everything, test=~everything, seed=0
    )


def find(
    cohort: Cohort,
    plan: Plan,
    baseline: GuardedBaseline | None = None,
    settings: Mapping[str, object] | None = None,
) -> Sequence[LinearEquation]:
    return fit_equations(
        baseline or LOGISTIC.build(),
        cohort_table(METHOD, cohort, plan),
        plan,
        all_cases(plan),
        {"C": 0.3} if settings is None else settings,
    )


def test_an_equation_has_the_coefficients_per_unit(cohort: Cohort, plan: Plan) -> None:
    (equation,) = find(cohort, plan)
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    model = make_pipeline(preprocessor(cohort.features), LogisticRegression(C=0.3, max_iter=1000))
    model.fit(frame, plan.truth)
    beta, known = model[-1].coef_[0], frame["age"].dropna()
    filled = frame["age"].fillna(known.median())
    age, *sexes = equation.terms
    assert (age.feature, age.category) == ("age", "")
    assert [(term.feature, term.category) for term in sexes] == [("sex", "f"), ("sex", "m")]
    assert age.coefficient == pytest.approx(beta[0] / filled.std(ddof=0), rel=1e-6)
    assert age.sd == pytest.approx(known.std(ddof=0))
    assert age.missing == pytest.approx(known.median())
    assert [term.coefficient for term in sexes] == pytest.approx(beta[1:].tolist(), rel=1e-6)
    log_odds = model.decision_function(frame)
    mine = equation.intercept + age.coefficient * filled
    for position, term in enumerate(sexes):
        mine = mine + term.coefficient * (frame["sex"] == position)
    np.testing.assert_allclose(mine, log_odds, atol=1e-8)


def test_without_a_penalty_odds_ratios_are_those_of_statsmodels(cohort: Cohort, plan: Plan) -> None:
    random = np.random.default_rng(4)
    marker = Column(name="marker", role="feature", kind="binary", categories=("no", "yes"))
    values = {**cohort.values, "marker": random.integers(0, 2, 30).astype(float)}
    values["age"] = random.normal(60, 9, 30)
    columns = tuple(c for c in cohort.columns if c.name != "sex")
    cohort = replace(cohort, columns=(*columns, marker), values=values)
    free = ClassicalModel(classifier=lambda: LogisticRegression(C=np.inf, tol=1e-10), linear=True)
    (equation,) = find(cohort, plan, GuardedBaseline(free, LOGISTIC.boundary), {})
    design = sm.add_constant(np.column_stack([values["age"], values["marker"]]))
    expected = sm.Logit(plan.truth, design).fit(disp=0).params
    ratios = np.exp([term.coefficient for term in equation.terms])
    np.testing.assert_allclose(ratios, np.exp(expected[1:]), rtol=1e-4)
    assert equation.intercept == pytest.approx(expected[0], abs=1e-3)


def test_each_outcome_has_an_equation_of_the_cases_in_which_it_is_known(
    cohort: Cohort, plan: Plan
) -> None:
    second = np.where(np.arange(30) % 5 == 0, np.nan, np.arange(30) % 2)
    values = np.column_stack([plan.truth, second, np.zeros(30)])
    outcomes = Outcomes(kind="multilabel", names=("a", "b", "none"), values=values)
    first, other, constant = find(cohort, replace(plan, outcomes=outcomes))
    (alone,) = find(cohort, plan)
    assert first.terms == alone.terms
    assert (first.outcome, other.outcome, constant.outcome) == ("a", "b", "none")
    known = ~np.isnan(second)
    frame = feature_frame(cohort, cohort.positions(plan.ids))[known]
    assert other.terms[0].missing == pytest.approx(frame["age"].median())
    assert constant.terms == ()


def test_constant_and_empty_columns_have_no_term(cohort: Cohort, plan: Plan) -> None:
    values = {**cohort.values, "age": np.full(30, 60.0), "sex": np.full(30, np.nan)}
    (equation,) = find(replace(cohort, values=values), plan)
    assert equation.terms == ()


@pytest.mark.parametrize("name", ["random_forest", "gam", "knn"])
def test_other_models_have_no_equation(cohort: Cohort, plan: Plan, name: str) -> None:
    baseline = Registry().baselines.build(Choice(name=name))
    assert isinstance(baseline, GuardedBaseline)
    assert not baseline.has_equation()
    if name != "knn":
        assert find(cohort, plan, baseline, baseline.candidates()[-1]) == ()


@pytest.mark.parametrize("text", ["logistic", "firth"])
def test_linear_baselines_declare_it(text: str) -> None:
    baseline = Registry().baselines.build(Choice(name=text))
    assert isinstance(baseline, GuardedBaseline)
    assert baseline.has_equation()
