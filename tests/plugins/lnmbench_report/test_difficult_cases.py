"""Cases that every method gets wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.difficult_cases import DifficultCases

from lnmbench.records import Results, Table
from lnmbench.rendering import render
from lnmbench.results import rank_cases
from lnmbench.testing.sample_results import CONTROL, LOGISTIC, SINGLE_TASK, sample_results


@pytest.fixture
def results() -> Results:
    return sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 0.5), (CONTROL, 0.0)])


def test_a_case_is_difficult_if_each_method_ranks_it_wrongly(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, by_method = DifficultCases()(results)
    assert isinstance(table, Table)
    assert isinstance(by_method, Table)
    ranking = rank_cases(results)
    assert ranking is not None
    right, order = ranking.placement, ranking.difficult()
    assert column_texts(table, "case") == [str(case) for case in order[:15]]
    assert table.rows[0][2].value == pytest.approx(right[:, order[0]].mean())
    assert (table.rows[0][2].low, table.rows[0][2].high) == pytest.approx(
        (right[:, order[0]].min(), right[:, order[0]].max())
    )
    positive = "positive" if results.truth[order[0]] else "negative"
    assert table.rows[0][1].text == positive
    assert f"All 2 methods rank {len(order)} of {results.n} cases wrongly" in table.notes[0]
    assert len(by_method.rows) == 2 * len(order)
    assert by_method.exhaustive
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_there_is_no_section_with_one_method_or_without_labels(results: Results) -> None:
    assert DifficultCases()(sample_results([(LOGISTIC, 1.0)])) == []
    assert DifficultCases()(replace(results, truth=np.empty(0))) == []


def test_cases_that_cannot_be_ranked_are_counted(results: Results) -> None:
    outer = np.asarray(results.outer).copy()
    outer[:, np.flatnonzero(results.truth)[:2]] = 9
    table, _ = DifficultCases()(replace(results, outer=outer))
    assert isinstance(table, Table)
    assert table.notes[-1].endswith("no case of the other label: 2 cases.")
