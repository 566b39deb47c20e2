"""The table and the figure of networks with several shares of the same labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.label_shares import LabelShares

from lnmbench.records import AuxScore, Choice, Figure, MethodResult, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import MULTI_TASK, SINGLE_TASK, sample_network, sample_results

Column = Callable[[Table, str], list[str]]
QUARTER = sample_network("resnet50 + pt:keep=0.25", Choice(name="pt", parameters={"keep": 0.25}))
CONTROL = sample_network(
    "resnet50 + pt:keep=0.25,shuffled=1",
    Choice(name="pt", parameters={"keep": 0.25, "shuffled": 1}),
)


def with_known(result: MethodResult) -> MethodResult:
    known = {"resnet50 + pt": 80}.get(result.method.label, 20)
    scores = tuple(
        AuxScore(task=choice.key, title=choice.name, kind="ordinal", known=known, metrics={})
        for choice in result.method.aux
    )
    return replace(result, aux=scores)


@pytest.fixture(scope="module")
def results() -> Results:
    """A network with all labels and with a quarter, which has a control."""
    drawn = sample_results([(MULTI_TASK, 2.0), (QUARTER, 1.0), (CONTROL, 0.9), (SINGLE_TASK, 0.8)])
    return replace(drawn, method_results=tuple(map(with_known, drawn.method_results)))


def mean_difference(results: Results, label: str, metric: str) -> float:
    scores = {r.method.label: r.scores[metric].values for r in results.method_results}
    return float(np.mean(scores[label] - scores["resnet50"]))


def test_the_table_has_the_effect_of_each_share(results: Results, column_texts: Column) -> None:
    table, _ = LabelShares()(results)
    assert isinstance(table, Table)
    assert column_texts(table, "share") == ["25 %", "25 %", "100 %", "100 %"]
    assert column_texts(table, "labels") == ["20", "20", "80", "80"]
    assert column_texts(table, "metric") == ["AUC", "AP", "AUC", "AP"]
    differences = [row[4].value for row in table.rows]
    expected = [
        mean_difference(results, label, metric)
        for label in ("resnet50 + pt:keep=0.25", "resnet50 + pt")
        for metric in ("auc", "ap")
    ]
    assert differences == pytest.approx(expected)
    controls = [row[6].value for row in table.rows]
    assert controls[0] == pytest.approx(mean_difference(results, CONTROL.label, "auc"))
    assert controls[2] is None
    assert any("which is in Holm's family" in note for note in table.notes)
    in_family = {
        tuple(sorted((c.method_a, c.method_b))) for c in results.pair_comparisons if c.in_family
    }
    assert in_family == {tuple(sorted((MULTI_TASK.fingerprint, SINGLE_TASK.fingerprint)))}


def test_the_figure_has_a_point_for_each_share(results: Results) -> None:
    _, figure = LabelShares()(results)
    assert isinstance(figure, Figure)
    assert [panel.title for panel in figure.panels] == ["AUC", "AP"]
    assert figure.panels[0].x.title == "Labels that train the network (25 % and 100 %)"
    lines = [mark for mark in figure.panels[0].marks if mark.kind == "line"]
    assert [mark.x.tolist() for mark in lines] == [[20.0, 80.0]]
    (interval,) = [mark for mark in figure.panels[0].marks if mark.kind == "interval"]
    assert interval.low is not None
    assert (interval.low < interval.y).all()
    assert "with 20 labels and" in figure.alt
    names = [mark.name for mark in figure.panels[0].marks if mark.name]
    assert names == ["network without the task", "negative controls", "resnet50 + pt"]


def test_a_single_share_has_no_section(results: Results) -> None:
    kept = tuple(r for r in results.method_results if r.method.label != "resnet50 + pt")
    assert LabelShares()(replace(results, method_results=kept)) == []


def test_the_table_is_at_most_100_characters_wide(results: Results) -> None:
    text = render(LabelShares()(results), "table")
    assert max(map(len, text.splitlines())) <= 100
    assert "How many labels does it take?" in text
