"""Baselines of a chunk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lnmbench import Cohort, Column
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.feature_selection import select_features
from lnmbench.records import (
    BaselineMethod,
    Choice,
    Outcomes,
    Plan,
    SelectionMethod,
    mark_positive,
)
from lnmbench.registry import Registry, Selection
from lnmbench.registry.boundary.baselines import GuardedBaseline
from lnmbench.stages.run.baselines import baseline_results
from lnmbench.stages.run.chunk import BaselineChunk

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


class Trees:
    """A classifier that is no pipeline."""

    def estimator(self, columns: Sequence[object]) -> object:
        return HistGradientBoostingClassifier(max_iter=3)

    def candidates(self) -> Sequence[Mapping[str, object]]:
        return [{"learning_rate": 0.1}, {"learning_rate": 0.3}]


REGISTRY = Registry()
LOGISTIC = REGISTRY.baselines.select(METHOD.baseline)


def guarded(selection: Selection[object]) -> GuardedBaseline:
    built = selection.build()
    assert isinstance(built, GuardedBaseline)
    return built


@pytest.mark.parametrize(
    "baseline", [GuardedBaseline(Trees(), LOGISTIC.boundary), LOGISTIC.build()]
)
def test_each_unit_takes_the_settings_with_the_lowest_inner_loss(
    make_cohort: Callable[..., Cohort], plan: Plan, baseline: GuardedBaseline
) -> None:
    chunk = BaselineChunk(method=METHOD, repeat=0, folds=range(3), plan=plan, cohort_file=Path())
    cohort = make_cohort(30)
    results = baseline_results(chunk, cohort, baseline)
    assert [result.unit.fold for result in results] == [0, 1, 2]
    for result in results:
        best = min(result.search, key=lambda trial: trial.loss)
        assert dict(best.settings) == result.settings
        assert result.fits == 2 * len(baseline.candidates()) == 2 * len(result.search)
        tested = plan.splits.outer[0] == result.unit.fold
        assert (np.isfinite(result.test["target"][:, 0]) == tested).all()
    turned = replace(plan, truth=np.where(plan.splits.outer[0] == 1, 1 - plan.truth, plan.truth))
    again = baseline_results(replace(chunk, plan=turned), cohort, baseline)[1]
    np.testing.assert_array_equal(again.test["target"], results[1].test["target"])


def test_each_outcome_has_a_model_of_its_own_on_the_cases_in_which_it_is_known(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort, baseline = make_cohort(30), LOGISTIC.build()
    second = np.where(np.arange(30) % 5 == 0, np.nan, np.arange(30) % 2)
    values = np.column_stack([plan.truth, second, np.arange(30) == 3])  # the last is rare
    outcomes = Outcomes(kind="multilabel", names=("a", "b", "c"), values=values)
    several = replace(plan, truth=mark_positive(values), outcomes=outcomes)
    chunk = BaselineChunk(method=METHOD, repeat=0, folds=range(3), plan=several, cohort_file=Path())
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    for result in baseline_results(chunk, cohort, baseline):
        inner_of = plan.splits.inner[0, result.unit.fold]
        expected = np.zeros((30, 3))
        for inner in range(2):
            for outcome in range(3):
                cases = (inner_of >= 0) & (inner_of != inner) & ~np.isnan(values[:, outcome])
                y = values[cases, outcome]
                if len(set(y)) < 2:
                    expected[:, outcome] += 0.5 / cases.sum() / 2
                    continue
                model = make_pipeline(preprocessor(cohort.features), LogisticRegression())
                model.set_params(logisticregression__C=result.settings["C"])
                model.fit(frame[cases], y)
                expected[:, outcome] += model.predict_proba(frame)[:, 1] / 2
        np.testing.assert_allclose(result.test["target"][inner_of < 0], expected[inner_of < 0])
    ordered = replace(outcomes, kind="ordinal")
    chunk = replace(chunk, plan=replace(several, outcomes=ordered))
    for result in baseline_results(chunk, cohort, baseline):
        tested = result.test["target"][plan.splits.inner[0, result.unit.fold] < 0]
        assert (np.diff(tested, axis=1) <= 0).all()


def test_warnings_of_models_become_notes(
    make_cohort: Callable[..., Cohort], plan: Plan, recwarn: pytest.WarningsRecorder
) -> None:
    class Hasty(Trees):
        def estimator(self, columns: Sequence[object]) -> object:
            return make_pipeline(preprocessor(cohort.features), LogisticRegression(max_iter=1))

        def candidates(self) -> Sequence[Mapping[str, object]]:
            return [{"C": 1.0}, {"C": 10.0}]

    cohort, baseline = make_cohort(30), GuardedBaseline(Hasty(), LOGISTIC.boundary)
    chunk = BaselineChunk(method=METHOD, repeat=0, folds=(1,), plan=plan, cohort_file=Path())
    (result,) = baseline_results(chunk, cohort, baseline)
    assert result.unit.fold == 1
    (note,) = result.notes
    assert note.startswith("while fitting, ConvergenceWarning: lbfgs failed to converge")
    assert "\n" not in note
    assert not recwarn.list


@pytest.mark.parametrize("method", ["correlation", "mrmr", "lasso"])
def test_features_are_selected_on_the_training_cases_of_each_inner_fit(
    method: SelectionMethod, make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort = make_cohort(30)
    rng = np.random.default_rng(5)
    names = [f"r{i}" for i in range(25)]
    wide = [Column(name=name, role="feature", modality="radiomics") for name in names]
    numbers = {name: rng.normal(size=30) + plan.truth * (i < 2) for i, name in enumerate(names)}
    cohort = replace(cohort, columns=(*cohort.columns, *wide), values={**cohort.values, **numbers})
    choice = Choice(name="logistic", parameters={"select": method, "select_most": 4})
    baseline = REGISTRY.baselines.select(choice)
    chunk = BaselineChunk(
        method=BaselineMethod(label="x", baseline=baseline.bound),
        repeat=0,
        folds=range(1),
        plan=plan,
        cohort_file=Path(),
    )
    (result,) = baseline_results(chunk, cohort, guarded(baseline))
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    clinical = [column.name for column in cohort.features if column.modality == "clinical"]
    inner_of = plan.splits.inner[0, 0]
    expected, sizes = np.zeros(30), []
    assert result.selections is not None
    (selection,) = result.selections.modalities
    assert (selection.modality, selection.candidates) == ("radiomics", 25)
    for inner in range(2):
        training = (inner_of >= 0) & (inner_of != inner)
        values = frame.loc[training, names].to_numpy()
        relevant = {names[i] for i in select_features(values, plan.truth[training], method, 4)}
        sizes.append(len(relevant))
        assert set(selection.fits[inner][0] or ()) == relevant
        used = [c for c in cohort.features if c.name in clinical or c.name in relevant]
        model = make_pipeline(preprocessor(used), LogisticRegression(max_iter=1000))
        model[-1].set_params(**result.settings)
        model.fit(frame.loc[training, [c.name for c in used]], plan.truth[training])
        expected += model.predict_proba(frame[[c.name for c in used]])[:, 1] / 2
    tested = plan.splits.outer[0] == 0
    np.testing.assert_allclose(result.test["target"][tested, 0], expected[tested], rtol=1e-9)
    assert max(sizes) <= (25 if method == "correlation" else 4)
    turned = replace(plan, truth=np.where(tested, 1 - plan.truth, plan.truth))
    (again,) = baseline_results(replace(chunk, plan=turned), cohort, guarded(baseline))
    np.testing.assert_array_equal(again.test["target"], result.test["target"])
