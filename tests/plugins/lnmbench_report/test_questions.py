"""The ranked table of the questions on auxiliary tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report import label_tests, questions
from lnmbench_report.label_tests import LabelTests
from lnmbench_report.questions import Questions

from lnmbench.records import AuxScore, Choice, Estimate, Figure, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)

Column = Callable[[Table, str], list[str]]
SIZE = sample_network("resnet50 + size", "size")
ORACLE = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")


def make_table(results: Results) -> Table:
    table, _ = Questions()(results)
    assert isinstance(table, Table)
    return table


@pytest.fixture(scope="module")
def results() -> Results:
    control = sample_network("shuffled", Choice(name="pt", parameters={"shuffled": 1}))
    methods = [
        (MULTI_TASK, 1.0),
        (SIZE, 3.0),
        (SINGLE_TASK, 1.0),
        (LOGISTIC, 0.9),
        (control, 1.0),
        (ORACLE, 2.0),
    ]
    score = AuxScore(
        task="pt",
        title="stage",
        kind="ordinal",
        known=50,
        metrics={"kappa": Estimate(value=0.31, low=0.2, high=0.4)},
        chance={"kappa": 0.0},
        folds={"kappa": 20},
    )
    results = sample_results(methods)
    first, *others = results.method_results
    cost = replace(first.cost, seconds=61.0)
    return replace(results, method_results=(replace(first, aux=(score,), cost=cost), *others))


def test_questions_are_ranked_in_each_metric(results: Results, column_texts: Column) -> None:
    table = make_table(results)
    assert column_texts(table, "metric") == ["AUC", "AUC", "AP", "AP"]
    assert column_texts(table, "rank") == ["1", "2", "1", "2"]
    assert column_texts(table, "method")[:2] == ["resnet50 + size", "resnet50 + pt"]
    assert column_texts(table, "conclusion")[0] == "gain, no controls"
    assert column_texts(table, "controls")[:2] == ["0", "1"]


def test_a_row_has_the_numbers_of_its_task(results: Results) -> None:
    table = make_table(results)
    keys = [column.key for column in table.columns]
    cells = dict(zip(keys, table.rows[1], strict=True))
    scores = {r.method.label: r.scores["auc"].values for r in results.method_results}
    alone = scores["resnet50"].mean()
    assert cells["effect"].value == pytest.approx(scores["resnet50 + pt"].mean() - alone)
    assert cells["oracle"].value == pytest.approx(scores["resnet50 + oracle"].mean() - alone)
    assert cells["known"].text == "25 %"
    assert cells["learned"].text == "kappa .310 (.000)"
    assert cells["cost"].text == "1 min 01 s"
    before, after = (
        r.predicted for r in results.method_results if r.method in (SINGLE_TASK, MULTI_TASK)
    )
    assert before is not None
    assert after is not None
    r = np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(before, after, strict=True)])
    assert cells["correlation"].value == pytest.approx(r)


def test_without_an_oracle_there_is_no_column_of_it() -> None:
    results = sample_results([(MULTI_TASK, 1.0), (SIZE, 3.0), (SINGLE_TASK, 1.0), (LOGISTIC, 0.9)])
    assert "oracle" not in [column.key for column in make_table(results).columns]
    text = render([make_table(results)], "table")
    assert "Oracle" not in text


def test_a_single_question_has_a_figure_and_no_rank(sample: Results) -> None:
    (figure,) = Questions()(sample)
    assert isinstance(figure, Figure)


def test_without_a_question_there_is_no_table() -> None:
    assert list(Questions()(sample_results([(SINGLE_TASK, 1.0), (LOGISTIC, 1.0)]))) == []


def test_of_many_questions_the_terminal_has_the_ranked_table_alone(
    results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Own labels against permuted labels" in render(list(LabelTests()(results)), "table")
    for module in (label_tests, questions):
        monkeypatch.setattr(module, "MOST_ROWS", 1)
    ranked = make_table(results)
    assert len(ranked.rows) == 4
    assert any("is shown with --format html" in note for note in ranked.notes)
    tables = list(LabelTests()(results))
    assert "Own labels against permuted labels" not in render(tables, "table")
    assert "Own labels against permuted labels" in render(tables, "json")
