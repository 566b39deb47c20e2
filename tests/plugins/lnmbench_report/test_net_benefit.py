"""Net benefit at threshold probabilities, and decision curves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.net_benefit import NetBenefits, draw_decision_curves

from lnmbench.records import Cell, MethodResult, Protocol, Results, Table
from lnmbench.results import complete_methods
from lnmbench.testing.sample_results import LOGISTIC, empty_results

PREDICTED = np.array([[0.9, 0.3, 0.5, 0.2, 0.1, 0.6], [0.7, 0.3, 0.3, 0.2, 0.1, 0.2]])


def results() -> Results:
    """A baseline with predictions of six cases in two repeats."""
    result = MethodResult(method=LOGISTIC, units_done=4, units_all=4, predicted=PREDICTED)
    return replace(
        empty_results(),
        protocol=Protocol(repeats=2, folds=2),
        n=6,
        positives=2,
        method_results=(result,),
        truth=np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0]),
    )


def cells(table: Table, row: int = 0) -> dict[str, Cell]:
    return dict(zip((column.key for column in table.columns), table.rows[row], strict=True))


def test_net_benefit_is_shown_with_that_of_treating_all_cases() -> None:
    (table,) = NetBenefits()(results())
    assert isinstance(table, Table)
    method, everyone = cells(table, 0), cells(table, 1)
    # in the repeats 3 and 2 of the four negative cases reach .2, and both positive cases
    expected = (2 / 6 - 3 / 6 * 0.25 + 2 / 6 - 3 / 6 * 0.25) / 2
    assert method["net_benefit_20"].value == pytest.approx(expected)
    assert everyone["net_benefit_20"].value == pytest.approx(2 / 6 - 4 / 6 * 0.25)
    assert everyone["net_benefit_20"].low is None
    assert table.methods == ((LOGISTIC.fingerprint,), ()), "all cases are always shown"


def test_decision_curves_end_where_nobody_is_treated_and_start_at_treating_all(
    scored: Results,
) -> None:
    (figure,) = draw_decision_curves(scored)
    lines = {m.name: m for panel in figure.panels for m in panel.marks if m.kind == "line"}
    prevalence = scored.positives / scored.n
    treat_all = lines["treat all"]
    expected = prevalence - (1.0 - prevalence) * treat_all.x / (1.0 - treat_all.x)
    np.testing.assert_allclose(treat_all.y, expected)
    for result in complete_methods(scored):
        curve = lines[result.method.label]
        assert result.predicted is not None
        treated = result.predicted[..., None] >= curve.x
        truth = scored.truth
        benefit = np.where(truth[:, None] == 1.0, 1.0, -curve.x / (1.0 - curve.x)) * treated
        np.testing.assert_allclose(curve.y, benefit.mean(axis=(0, 1)), atol=1e-12)


def test_scores_that_are_no_probabilities_are_dashes() -> None:
    changed = results()
    wild = replace(changed.method_results[0], predicted=3.0 * PREDICTED)
    (table,) = NetBenefits()(replace(changed, method_results=(wild,)))
    assert isinstance(table, Table)
    assert cells(table)["net_benefit_20"].text == "–"
