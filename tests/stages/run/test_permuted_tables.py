"""Baselines with permuted inputs, against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from lnmbench import Cohort
from lnmbench.clinical import feature_frame, preprocessor
from lnmbench.records import BaselineMethod, Choice, Outcomes, Plan, UnitResult, mark_positive
from lnmbench.registry import Registry
from lnmbench.stages.run import permuted_tables
from lnmbench.stages.run.baselines import baseline_results
from lnmbench.stages.run.chunk import BaselineChunk, Fit
from lnmbench.stages.run.feature_table import FeatureTable
from lnmbench.stages.run.permutations import MethodInput, list_inputs, permute_tested
from lnmbench.stages.run.permuted_tables import append_cases, permute_rows

METHOD = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))


class Ensemble(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # untyped
    """The mean of fitted classifiers."""

    def __init__(self, members: list[object]) -> None:
        self.members, self.classes_ = members, np.array([0.0, 1.0])

    def fit(self, x: object, y: object) -> Ensemble:
        return self

    def predict_proba(self, x: pd.DataFrame) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = np.mean([m.predict_proba(x) for m in self.members], axis=0)  # type: ignore[attr-defined]
        return mean


def run(cohort: Cohort, plan: Plan, importance: int) -> list[UnitResult]:
    chunk = BaselineChunk(
        method=METHOD,
        repeat=0,
        folds=range(3),
        plan=plan,
        cohort_file=Path(),
        importance=importance,
    )
    return baseline_results(chunk, cohort, Registry().baselines.build(METHOD.baseline))


@pytest.fixture
def cohort(make_cohort: Callable[..., Cohort]) -> Cohort:
    """A cohort with missing ages."""
    cohort = make_cohort(30)
    age = np.where(np.arange(30) % 7 == 0, np.nan, cohort.values["age"])
    return replace(cohort, values={**cohort.values, "age": age})


def fit_ensemble(cohort: Cohort, plan: Plan, result: UnitResult) -> tuple[Ensemble, pd.DataFrame]:
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    inner_of, members = plan.splits.inner[0, result.unit.fold], []
    for inner in range(2):
        training = (inner_of >= 0) & (inner_of != inner)
        model = make_pipeline(
            preprocessor(cohort.features), LogisticRegression(max_iter=1000, **result.settings)
        )
        members.append(model.fit(frame[training], plan.truth[training]))
    return Ensemble(members), frame


def test_test_cases_are_predicted_with_the_values_of_others(cohort: Cohort, plan: Plan) -> None:
    plain = run(cohort, plan, 0)
    for result, unchanged in zip(run(cohort, plan, 3), plain, strict=True):
        np.testing.assert_array_equal(result.test["target"], unchanged.test["target"])
        assert unchanged.permuted == ()
        assert [(each.kind, each.name) for each in result.permuted] == [
            ("feature", "age"),
            ("feature", "sex"),
        ]
        model, frame = fit_ensemble(cohort, plan, result)
        tested = np.flatnonzero(plan.splits.outer[0] == result.unit.fold)
        for number, source in enumerate(permute_tested(plan, 0, result.unit.fold, 3)):
            for each in result.permuted:
                changed = frame.iloc[tested].copy()
                changed[each.name] = frame[each.name].to_numpy()[source]
                expected = model.predict_proba(changed)[:, 1]
                np.testing.assert_allclose(each.values[number, :, 0], expected, atol=1e-12)


def test_the_mean_loss_agrees_with_scikit_learn(cohort: Cohort, plan: Plan) -> None:
    result = run(cohort, plan, 100)[1]
    model, frame = fit_ensemble(cohort, plan, result)
    tested = np.flatnonzero(plan.splits.outer[0] == 1)
    truth = plan.truth[tested]
    sklearn = permutation_importance(
        model, frame.iloc[tested], truth, scoring="roc_auc", n_repeats=200, random_state=1
    )
    unchanged = roc_auc_score(truth, result.test["target"][tested, 0])
    for position, each in enumerate(result.permuted):
        losses = [unchanged - roc_auc_score(truth, p[:, 0]) for p in each.values]
        error = np.std(losses) / 10 + np.std(sklearn.importances[position]) / np.sqrt(200)
        assert abs(np.mean(losses) - sklearn.importances_mean[position]) < 3 * error + 1e-9


def test_each_outcome_is_predicted_with_the_same_permutation(cohort: Cohort, plan: Plan) -> None:
    second = np.where(np.arange(30) % 5 == 0, np.nan, np.arange(30) % 2)
    values = np.column_stack([plan.truth, second, np.arange(30) == 3])  # the last is rare
    outcomes = Outcomes(kind="multilabel", names=("a", "b", "c"), values=values)
    several = replace(plan, truth=mark_positive(values), outcomes=outcomes)
    for result, binary in zip(run(cohort, several, 2), run(cohort, plan, 2), strict=True):
        tested = plan.splits.outer[0] == result.unit.fold
        for each, alone in zip(result.permuted, binary.permuted, strict=True):
            assert each.values.shape == (2, tested.sum(), 3)
            if result.settings == binary.settings:
                np.testing.assert_allclose(each.values[..., 0], alone.values[..., 0], atol=1e-12)
        if not (several.outcomes is None or values[~tested, 2].any()):
            # one class: the same prediction for all cases, whatever their values
            assert np.ptp(result.permuted[0].values[..., 2]) == 0


def test_a_constant_column_loses_nothing(cohort: Cohort, plan: Plan) -> None:
    values = {**cohort.values, "age": np.full(30, 60.0), "sex": np.full(30, np.nan)}
    for result in run(replace(cohort, values=values), plan, 2):
        tested = plan.splits.outer[0] == result.unit.fold
        for each in result.permuted:
            expected = np.broadcast_to(result.test["target"][tested], each.values.shape)
            np.testing.assert_allclose(each.values, expected, atol=1e-12)


def test_many_permuted_cases_are_predicted_in_parts(
    cohort: Cohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(cohort, plan, 4)
    sizes = []

    def append(*args: Any) -> tuple[FeatureTable, Plan, Fit]:
        sizes.append(len(args[-1]))
        return append_cases(*args)

    monkeypatch.setattr(permuted_tables, "append_cases", append)
    monkeypatch.setattr(permuted_tables, "MOST_NUMBERS", 50)
    for expected, result in zip(whole, run(cohort, plan, 4), strict=True):
        for permuted, other in zip(result.permuted, expected.permuted, strict=True):
            np.testing.assert_allclose(permuted.values, other.values, rtol=1e-12)
    assert max(sizes) * len(cohort.features) <= 50


def permute_by_frame(
    table: FeatureTable,
    pairs: list[tuple[MethodInput, NDArray[np.int64]]],
    tested: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the permuted test cases, in the plain way: a frame for each pair."""
    frames = []
    for each, permuted in pairs:
        frame = table.frame.iloc[tested].copy()
        images = table.frame.columns[len(table.cohort_columns) :]
        for name in images if each.is_images else [column.name for column in each.columns]:
            frame[name] = table.frame[name].to_numpy()[permuted]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def test_rows_are_filled_as_a_frame_for_each_permutation(cohort: Cohort, plan: Plan) -> None:
    frame = feature_frame(cohort, cohort.positions(plan.ids))
    images = [replace(cohort.features[0], name=f"image_{i}", modality="images") for i in range(3)]
    values = np.random.default_rng(1).normal(size=(30, 3))
    table = FeatureTable(columns=cohort.features, frame=frame).join(images, values)
    tested = np.flatnonzero(plan.splits.outer[0] == 1)
    inputs = list_inputs(table.cohort_columns, has_images=True)
    assert len(inputs) == 4  # two modalities, two features
    pairs = [(each, p) for each in inputs for p in permute_tested(plan, 0, 1, 3)]
    pd.testing.assert_frame_equal(
        permute_rows(table, pairs, tested), permute_by_frame(table, pairs, tested), check_exact=True
    )


def test_predictions_equal_those_of_a_frame_for_each_permutation(
    cohort: Cohort, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_column = run(cohort, plan, 5)
    monkeypatch.setattr(permuted_tables, "permute_rows", permute_by_frame)
    for result, expected in zip(by_column, run(cohort, plan, 5), strict=True):
        assert result.equations == expected.equations
        for each, plain in zip(result.permuted, expected.permuted, strict=True):
            np.testing.assert_array_equal(each.values, plain.values)
