"""Odds ratios of linear models: the tables."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_report.coefficients import MOST_TERMS, Coefficients

from lnmbench.records import (
    FinalModel,
    LinearEquation,
    LinearTerm,
    Results,
    Table,
    UnitEquations,
)
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, sample_results


def equation(*terms: LinearTerm) -> tuple[LinearEquation, ...]:
    return (LinearEquation(intercept=-1.5, terms=terms),)


def age(coefficient: float) -> LinearTerm:
    return LinearTerm(feature="age", coefficient=coefficient, sd=10.0, missing=61.5)


LEFT = LinearTerm(feature="site", category="left", coefficient=0.1)


@pytest.fixture
def results() -> Results:
    results = sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])
    units = (
        UnitEquations(fits=(equation(age(0.02)), equation(age(0.04), LEFT))),
        UnitEquations(fits=(equation(age(0.03)), equation(age(0.07), LEFT))),
    )
    final = FinalModel(
        settings={"C": 0.1}, chosen=7, units=10, cases=240, equations=equation(age(0.05), LEFT)
    )
    changed = [
        replace(r, equations=units, final_model=final) if r.method == LOGISTIC else r
        for r in results.method_results
    ]
    return replace(results, method_results=tuple(changed))


def test_odds_ratios_are_those_of_the_mean_coefficient(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, final = Coefficients()(results)
    assert isinstance(table, Table)
    assert isinstance(final, Table)
    assert column_texts(table, "term") == ["age", "site = left"]
    per_sd, per_unit, selected = table.rows[0][2:]
    assert per_sd.value == pytest.approx(math.exp(0.4))
    assert (per_sd.low, per_sd.high) == pytest.approx((math.exp(0.2), math.exp(0.7)))
    assert per_unit.value == pytest.approx(math.exp(0.04))
    assert selected.value == 1.0
    assert [cell.text for cell in table.rows[1][2:]] == ["", "1.05 (1.00 to 1.11)", "50 %"]
    assert column_texts(final, "term") == ["intercept", "age", "site = left"]
    assert column_texts(final, "coefficient") == ["−1.5", "0.05", "0.1"]
    assert column_texts(final, "missing") == ["", "61.5", "–"]
    assert any("C = 0.1, chosen by 7 of 10 units" in note for note in final.notes)
    assert max(map(len, render([table, final], "table").splitlines())) <= 100


def test_many_terms_are_in_a_complete_table(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    terms = [
        LinearTerm(feature=f"x{i}", coefficient=i / 100, sd=1.0) for i in range(1, MOST_TERMS + 4)
    ]
    unit = UnitEquations(fits=(equation(*terms),))
    changed = tuple(
        replace(r, equations=(unit,)) if r.equations else r for r in results.method_results
    )
    short, whole, _ = Coefficients()(replace(results, method_results=changed))
    assert isinstance(short, Table)
    assert isinstance(whole, Table)
    assert column_texts(short, "term")[0] == f"x{MOST_TERMS + 3}"
    assert (len(short.rows), len(whole.rows)) == (MOST_TERMS, MOST_TERMS + 3)
    assert whole.exhaustive
    assert "3 more terms" in short.notes[-1]


def test_there_is_no_section_without_linear_models() -> None:
    assert Coefficients()(sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])) == []
