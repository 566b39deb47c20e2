"""Linear predictor of a score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lnmbench_scores.coefficient_file import Term, read_coefficients
from lnmbench_scores.linear_predictor import (
    Source,
    find_sources,
    linear_terms,
    parse_mapping,
)

from lnmbench import Cohort, Column, UserError

WHERE = "score made.toml"


def test_terms_are_those_of_the_formula(coefficient_path: Path, cohort: Cohort) -> None:
    score = read_coefficients(coefficient_path, "")
    sources = find_sources(score, cohort.columns, {}, where=WHERE)
    assert sources["diameter"] == Source(column="long axis", factor=0.1)
    assert sources["cea"].column == "cea", "the label of the column known after surgery is not used"
    assert sources["histology"].positive == (1.0, 2.0)
    terms = linear_terms(score, sources, cohort.values, where=WHERE)  # type: ignore[arg-type]
    expected = [
        [-0.03 * (5 - 6), 0.0, 0.0, 0.0, 0.0],
        [0.0, 0.8, 0.5 * np.log(2), 1.2, 0.9],
        [-0.03, 0.8, 0.5 * np.log(10), 1.2, 0.9],
        [-0.06, 0.0, 0.5 * np.log(5), 0.0, 0.0],
    ]
    np.testing.assert_allclose(terms, expected, atol=1e-12)


def test_a_missing_value_is_a_missing_term(coefficient_path: Path, cohort: Cohort) -> None:
    score = read_coefficients(coefficient_path, "")
    sources = find_sources(score, cohort.columns, {}, where=WHERE)
    values = {name: np.full(4, np.nan) for name in cohort.values}
    assert np.isnan(linear_terms(score, sources, values, where=WHERE)).all()


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ({"transform": "log10"}, [0.0, 2.0]),
        ({"transform": "sqrt"}, [1.0, 10.0]),
        ({"transform": "square", "per": 10}, [0.01, 100.0]),
        ({"transform": "inverse_sqrt", "per": 100}, [10.0, 1.0]),
        ({"above": 1}, [0.0, 1.0]),
        ({"at_most": 1}, [1.0, 0.0]),
        ({"below": 1}, [0.0, 0.0]),
        ({"at_least": 1, "below": 100}, [1.0, 0.0]),
    ],
)
def test_transformations_and_cutoffs(
    coefficient_path: Path, term: dict[str, object], expected: list[float]
) -> None:
    changed = Term.model_validate({"variable": "cea", "coefficient": 1, **term})
    score = read_coefficients(coefficient_path, "").model_copy(update={"terms": (changed,)})
    values = {"x": np.array([1.0, 100.0])}
    terms = linear_terms(score, {"cea": Source(column="x")}, values, where=WHERE)
    np.testing.assert_allclose(terms[:, 0], expected)


def test_a_logarithm_needs_positive_numbers(coefficient_path: Path, cohort: Cohort) -> None:
    score = read_coefficients(coefficient_path, "")
    sources = find_sources(score, cohort.columns, {}, where=WHERE)
    values = {**cohort.values, "cea": np.array([1.0, 0.0, 2.0, 3.0])}
    with pytest.raises(UserError, match="cea .*numbers above 0 for log, got 0"):
        linear_terms(score, sources, values, where=WHERE)  # type: ignore[arg-type]


def without(cohort: Cohort, name: str) -> list[Column]:
    return [column for column in cohort.columns if column.name != name]


def test_a_variable_without_a_column_is_named(coefficient_path: Path, cohort: Cohort) -> None:
    score = read_coefficients(coefficient_path, "")
    with pytest.raises(UserError, match=r"lacks cea \(CEA\) \(score made.toml\)"):
        find_sources(score, without(cohort, "cea"), {}, where=WHERE)
    # only a feature can be mapped, and a name is never guessed
    for column in ("grade", "n2", "unknown"):
        with pytest.raises(UserError, match=f"no feature '{column}' .*; correct columns"):
            find_sources(score, cohort.columns, {"cea": column}, where=WHERE)
    twice = [*cohort.columns, Column(name="CEA", role="feature", unit="ng/ml")]
    with pytest.raises(UserError, match="several columns .* cea .*'cea', 'CEA'.*columns=cea:"):
        find_sources(score, twice, {}, where=WHERE)
    assert find_sources(score, twice, {"cea": "CEA"}, where=WHERE)["cea"].column == "CEA"


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("Age", {"unit": None}, "'Age' has no unit"),
        ("cea", {"unit": "U/ml"}, "another unit .*expected ng/ml, got U/ml"),
        ("cea", {"kind": "ordinal", "categories": ("low", "high")}, "'cea' holds categories"),
        ("central", {"kind": "continuous", "categories": ()}, "'central' is a number"),
        ("central", {"kind": "nominal", "categories": ("l", "r", "m")}, "expected a binary column"),
        ("histology", {"categories": ("a", "b")}, "no category of column 'histology'.*got a, b"),
    ],
)
def test_columns_of_another_kind_are_refused(
    coefficient_path: Path, cohort: Cohort, name: str, changes: dict[str, object], message: str
) -> None:
    score = read_coefficients(coefficient_path, "")
    columns = [
        replace(column, **changes) if column.name == name else column  # type: ignore[arg-type]
        for column in cohort.columns
    ]
    with pytest.raises(UserError, match=message):
        find_sources(score, columns, {}, where=WHERE)


def test_the_mapping_is_variable_and_column(coefficient_path: Path) -> None:
    score = read_coefficients(coefficient_path, "")
    assert parse_mapping("", score, where=WHERE) == {}
    assert parse_mapping("age: AGE at CT +cea:CEA", score, where=WHERE) == {
        "age": "AGE at CT",
        "cea": "CEA",
    }
    with pytest.raises(UserError, match="two columns for the variable age .*got 'AGE' and 'Age'"):
        parse_mapping("age:AGE+age:Age", score, where=WHERE)
    for text in ("age", "age:", "sex:SEX", ":"):
        with pytest.raises(UserError, match="expected VARIABLE:COLUMN"):
            parse_mapping(text, score, where=WHERE)
