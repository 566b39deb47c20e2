"""Final models as coefficient files, which the baseline score reads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lnmbench_scores.coefficient_file import read_coefficients
from scipy.special import expit

from lnmbench import choices
from lnmbench.records import (
    Cohort,
    Column,
    FinalModel,
    LinearEquation,
    LinearTerm,
    Profile,
    Summary,
    Variable,
)
from lnmbench.registry import Registry
from lnmbench.stages.report.coefficient_files import write_coefficient_files
from lnmbench.testing.sample_results import LOGISTIC, sample_results

EQUATION = LinearEquation(
    intercept=-1.25,
    terms=(
        LinearTerm(feature="age", coefficient=0.02, sd=10.0, missing=60.0),
        LinearTerm(feature='grade "x"', coefficient=0.3),
        LinearTerm(feature="sex", coefficient=-0.4),
        LinearTerm(feature="site", category="left", coefficient=0.7),
    ),
)
COLUMNS = (
    Column(name="id", role="id"),
    Column(name="age", role="feature", unit="a"),
    Column(name='grade "x"', role="feature", kind="ordinal", categories=("1", "2", "3")),
    Column(name="sex", role="feature", kind="binary", categories=("f", "m")),
    Column(name="site", role="feature", kind="nominal", categories=("left", "right")),
)


def test_a_file_gives_the_probabilities_of_the_equation(tmp_path: Path) -> None:
    results = sample_results([(LOGISTIC, 1.0)])
    summary = Summary(known=2, missing=0)
    profile = replace(
        results.profile or Profile(variables=()),
        variables=tuple(
            Variable(
                name=c.name,
                role=c.role,
                kind=c.kind,
                known=c.known,
                everyone=summary,
                negative=summary,
                positive=summary,
                unit=c.unit,
                categories=c.categories,
            )
            for c in COLUMNS
        ),
    )
    model = FinalModel(settings={"C": 0.1}, chosen=1, units=1, cases=9, equations=(EQUATION,))
    methods = tuple(replace(r, final_model=model) for r in results.method_results)
    files = write_coefficient_files(replace(results, profile=profile, method_results=methods))
    assert list(files) == ["final_model_1.toml"]
    path = tmp_path / "final_model_1.toml"
    path.write_text(files[path.name], encoding="utf-8")
    assert read_coefficients(path, "").intercept == -1.25
    cohort = Cohort(
        name="other",
        ids=("a", "b"),
        columns=COLUMNS,
        values={
            "id": np.array(["a", "b"]),
            "age": np.array([50.0, 70.0]),
            'grade "x"': np.array([2.0, 0.0]),
            "sex": np.array([1.0, 0.0]),
            "site": np.array([0.0, 1.0]),
        },
        offsets=np.zeros(3, dtype=np.int64),
        card=results.card,
        fingerprint="f" * 32,
    )
    score = Registry().baselines.build(choices.parse(f"score:path={path}"))
    assert score.fixed is not None
    predicted = score.fixed.predict_cases(cohort, {"a": 0, "b": 1}.get)
    expected = expit([-1.25 + 1.0 + 0.6 - 0.4 + 0.7, -1.25 + 1.4])
    assert predicted.values.tolist() == pytest.approx(expected.tolist())


def test_without_the_dictionary_there_is_no_file() -> None:
    results = sample_results([(LOGISTIC, 1.0)])
    assert write_coefficient_files(replace(results, profile=None)) == {}
