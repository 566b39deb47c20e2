"""Coefficient files."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from lnmbench_scores.coefficient_file import PUBLISHED, read_coefficients

from lnmbench import UserError


def test_a_file_is_read(coefficient_path: Path) -> None:
    score = read_coefficients(coefficient_path, "")
    assert (score.intercept, len(score.terms)) == (-1.0, 5)
    assert score.variables["diameter"].unit == "cm"
    assert score.terms[1].cutoffs == {"at_least": 3.0}


@pytest.mark.parametrize("path", sorted(PUBLISHED.glob("*.toml")), ids=lambda path: path.stem)
def test_published_scores_state_their_origin(path: Path) -> None:
    score = read_coefficients(None, path.stem)
    assert all((score.title, score.citation, score.outcome, score.cohort, score.source))
    assert score.intercept is None, "no published intercept was verified"


@pytest.mark.parametrize(
    ("name", "odds_ratios"),
    [
        # Shafazand & Gould 2006, abstract
        (
            "shafazand_2006",
            {
                "histology": 2.6,
                "metastasis_on_radiograph": 2.4,
                "central_location": 2.1,
                "symptoms": 1.6,
                "tumor_diameter": 1.5,
                "age": 1.5,
            },
        ),
        # Zhang et al. 2019, table 2, N2 against N0
        (
            "zhang_2019_n2",
            {
                "sex": 2.019,
                "chronic_pulmonary_disease": 1.231,
                "smoking_history": 0.217,
                "symptoms": 0.741,
                "histology": 0.849,
                "consolidation_size": 8.640,
                "central_location": 0.508,
                "enlarged_n1": 14.046,
                "enlarged_n2": 8.703,
                "cea": 1.063,
            },
        ),
    ],
)
def test_coefficients_are_the_published_odds_ratios(
    name: str, odds_ratios: dict[str, float]
) -> None:
    score = read_coefficients(None, name)
    coefficients = {term.variable: term.coefficient for term in score.terms}
    assert coefficients == {
        variable: pytest.approx(math.log(ratio), abs=1e-4)
        for variable, ratio in odds_ratios.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('title = "made up"\n', "", "missing key 'title'"),
        ('title = "made up"', 'name = "x"\ntitle = "y"', "unknown key 'name'"),
        ("intercept = -1", 'intercept = "low"', r"\(intercept\): expected a valid number"),
        ("intercept = -1", "intercept = nan", r"\(intercept\): expected a finite number"),
        ("coefficient = 0.8", "coefficient = inf", "coefficient.*a finite number"),
        ("coefficient = 0.8", "coefficient = 1e300", "coefficient.*less than or equal to 1000000"),
        ("coefficient = 0.8", "coefficient = true", "coefficient.*valid number"),
        ("per = 10", "per = 0", "greater than 0"),
        ('transform = "log"', 'transform = "exp"', "'identity', 'log'"),
        ('variable = "cea"', 'variable = "crp"', "got terms of unknown variables: crp"),
        ("at_least = 3", "at_least = 3\nper = 2", "terms.1.*got a cut-off together with transform"),
        (
            "coefficient = 1.2",
            "coefficient = 1.2\nper = 2",
            "a term of numbers for central, which has no unit",
        ),
        (
            'unit = "cm"',
            'unit = "cm"\ncategories = ["a"]',
            "variables.diameter.*got a unit and categories",
        ),
        ("[[terms]]", "[[term]]", "unknown key 'term'|missing key 'terms'"),
        ("[variables.age]", "[variables.age", "not valid TOML"),
    ],
)
def test_what_is_no_coefficient_file_is_refused(
    coefficient_path: Path, old: str, new: str, message: str
) -> None:
    text = coefficient_path.read_text(encoding="utf-8")
    assert old in text
    coefficient_path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError, match=message) as failure:
        read_coefficients(coefficient_path, "")
    assert "\n" not in str(failure.value)


def test_a_score_has_one_source(coefficient_path: Path) -> None:
    with pytest.raises(UserError, match="got neither"):
        read_coefficients(None, "")
    with pytest.raises(UserError, match="got both"):
        read_coefficients(coefficient_path, "shafazand_2006")
    with pytest.raises(UserError, match="no published score 'chen'; known: shafazand_2006"):
        read_coefficients(None, "chen")
    with pytest.raises(UserError, match="cannot read"):
        read_coefficients(coefficient_path.with_name("none.toml"), "")
