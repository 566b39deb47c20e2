"""Tests of pairs of methods across cohorts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from lnmbench_report.cohort_comparison.pair_tests import make_test_table
from lnmbench_report.cohort_comparison.scores import shared_methods

from lnmbench.records import Cell, Results, Table
from lnmbench.stats import holm


def make_table(cohorts: Sequence[Results], *primary: str) -> Table:
    """Return the table as if some metrics had been declared."""
    changed = [replace(results, primary_metrics=primary) for results in cohorts]
    return make_test_table(changed, shared_methods(changed), primary)


def cells(table: Table) -> list[dict[str, Cell]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_holm_covers_the_question_in_each_metric(cohorts: list[Results]) -> None:
    table = make_table(cohorts, "auc", "brier")
    rows = cells(table)
    assert len(rows) == 6
    family = [row for row in rows if row["p_holm"].value is not None]
    assert [row["against"].text for row in family] == ["resnet50 + pt"] * 2
    alone = holm([row["p"].value or 0.0 for row in family])
    assert [row["p_holm"].value for row in family] == pytest.approx(alone.tolist())
    assert {row["p_holm"].text for row in rows if row not in family} == {"outside"}
    assert any(note.startswith("Holm: over 2 tests, the questions on aux") for note in table.notes)


def test_without_a_question_holm_covers_every_pair(cohorts: list[Results]) -> None:
    alone = [replace(c, method_results=c.method_results[1:]) for c in cohorts]
    table = make_table(alone, "auc", "brier")
    rows = cells(table)
    expected = holm([row["p"].value or 0.0 for row in rows])
    assert [row["p_holm"].value for row in rows] == pytest.approx(expected.tolist())
    assert any(note.startswith("Holm: over 2 tests, every pair × primary") for note in table.notes)


def test_the_posterior_needs_three_cohorts_and_a_question(cohorts: list[Results]) -> None:
    question, *others = cells(make_table(cohorts, "auc"))
    assert question["posterior"].text.count(" / ") == 2
    assert {row["posterior"].text for row in others} == {"–"}
    few, *_ = cells(make_table(cohorts[:2], "auc"))
    assert few["posterior"].text == "–"
