"""Scores as published and recalibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from lnmbench_scores.score import FixedScore, RecalibratedScore, score

from lnmbench import Cohort, Column, UserError
from lnmbench.config import read_benchmark
from lnmbench.contracts import Baseline, FixedPredictions
from lnmbench.records import Plan, Resources
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import select_methods
from lnmbench.stages.plan.methods import resolve_methods
from lnmbench.testing import check_contract


def predict(cohort: Cohort, **parameters: Any) -> Any:
    fixed = score(**parameters)
    assert isinstance(fixed, FixedPredictions)
    return fixed.predict_cases(cohort, lambda id_: None)


def test_probabilities_are_those_of_the_formula(coefficient_path: Path, cohort: Cohort) -> None:
    predictions = predict(cohort, path=coefficient_path)
    logits = np.array(
        [
            -1 + 0.03,
            -1 + 0.8 + 0.5 * np.log(2) + 1.2 + 0.9,
            -1 - 0.03 + 0.8 + 0.5 * np.log(10) + 1.2 + 0.9,
            -1 - 0.06 + 0.5 * np.log(5),
        ]
    )
    np.testing.assert_allclose(predictions.values, 1 / (1 + np.exp(-logits)))
    assert (predictions.scale, predictions.partial) == ("probability", False)
    assert "original cohort: 10 phantoms" in predictions.notes[0]


def test_a_score_without_an_intercept_is_a_rating(coefficient_path: Path, cohort: Cohort) -> None:
    text = coefficient_path.read_text(encoding="utf-8").replace("intercept = -1\n", "")
    coefficient_path.write_text(text, encoding="utf-8")
    predictions = predict(cohort, path=coefficient_path, coverage="partial")
    assert (predictions.scale, predictions.partial) == ("rating", True)
    assert np.argsort(predictions.values).tolist() == [0, 3, 1, 2]
    assert "no published intercept" in predictions.notes[1]


def test_missing_values_are_counted_by_variable(coefficient_path: Path, cohort: Cohort) -> None:
    cohort.values["cea"][:3] = np.nan
    predictions = predict(cohort, path=coefficient_path)
    assert np.isnan(predictions.values).tolist() == [True, True, True, False]
    assert predictions.missing == "cea unknown in 3 of 4 cases"


def test_recalibration_fits_intercept_and_slope(coefficient_path: Path, cohort: Cohort) -> None:
    recalibrated: Any = score(path=coefficient_path, recalibrate=True)
    assert isinstance(recalibrated, Baseline)
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "Age": random.normal(62, 9, 400),
            "long axis": random.normal(30, 9, 400),
            "cea": np.exp(random.normal(1, 0.7, 400)),
            "central": random.integers(0, 2, 400).astype(float),
            "histology": random.integers(0, 3, 400).astype(float),
        }
    )
    diameter, histology = frame["long axis"] / 10 >= 3, frame["histology"] > 0
    predictor = (
        -0.03 * (frame["Age"] / 10 - 6)
        + 0.8 * diameter
        + 0.5 * np.log(frame["cea"])
        + 1.2 * frame["central"]
        + 0.9 * histology
    )
    truth = random.random(400) < 1 / (1 + np.exp(-(0.6 * predictor - 1.5)))
    model = recalibrated.estimator(cohort.features).fit(frame, truth.astype(float))
    expected = sm.Logit(truth.astype(float), sm.add_constant(predictor.to_numpy())).fit(disp=0)
    np.testing.assert_allclose(
        [model[-1].intercept_[0], model[-1].coef_[0, 0]], expected.params, rtol=2e-3
    )
    np.testing.assert_allclose(model.predict_proba(frame)[:, 1], expected.predict(), atol=1e-3)


def test_a_recalibrated_score_has_a_label_and_its_citation(coefficient_path: Path) -> None:
    recalibrated: Any = score(path=coefficient_path, recalibrate=True)
    label, (citation, note) = recalibrated.describe()
    assert label == f"score {coefficient_path.name}, recalibrated"
    assert "cite: " in citation
    assert note.startswith(f"{label}: intercept and slope")


def test_the_contract_is_kept(coefficient_path: Path, cohort: Cohort) -> None:
    check_contract("baseline", score(path=coefficient_path), cohort=cohort)
    check_contract("baseline", score(path=coefficient_path, recalibrate=True), cohort=cohort)
    assert isinstance(score(path=coefficient_path), FixedScore)
    assert isinstance(score(path=coefficient_path, recalibrate=True), RecalibratedScore)


def test_a_published_score_names_what_a_cohort_lacks(cohort: Cohort) -> None:
    with pytest.raises(UserError, match="lacks metastasis_on_radiograph .*symptoms"):
        predict(cohort, name="shafazand_2006", columns="central_location:central")


def test_a_recalibrated_score_is_refused_before_anything_is_trained(
    coefficient_path: Path, make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    registry, baseline = Registry(), f"score:path={coefficient_path},recalibrate=true"
    benchmark = read_benchmark(None, {"baseline": ["logistic", baseline], "only": True})
    selections = select_methods(benchmark, registry)
    with pytest.raises(UserError, match="lacks diameter .*cea .*central"):
        resolve_methods(selections, benchmark, registry, make_cohort(30), Resources(), plan=plan)


def test_a_published_score_orders_the_cases_by_its_odds_ratios(cohort: Cohort) -> None:
    binary = {"kind": "binary", "categories": ("no", "yes")}
    signs = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])
    names = ("metastasis_on_radiograph", "symptoms")
    columns = (*cohort.columns, *(Column(name=n, role="feature", **binary) for n in names))  # type: ignore[arg-type]
    values = {**cohort.values, **dict(zip(names, signs, strict=True))}
    complete = replace(cohort, columns=columns, values=values)
    mapping = "central_location:central+tumor_diameter:long axis"
    predictions = predict(complete, name="shafazand_2006", columns=mapping)
    # ages 50, 60, 70, 80; diameters 29.9, 30, 45 and 10 mm; adenocarcinoma, large cell in 2 and 3
    odds = np.array([1.5, 1.5 * 2.6 * 2.1 * 1.6, 1.5 * 2.6 * 2.1 * 1.6 * 2.4, 1.0])
    np.testing.assert_allclose(predictions.values, odds / (1 + odds), atol=1e-4)
    assert predictions.scale == "rating"
