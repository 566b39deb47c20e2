"""Own labels against permuted labels: networks among their controls, and declared controls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.tables import AllComparisons, Comparisons
from lnmbench_report.label_tests import LabelTests
from lnmbench_report.performance import Performance

from lnmbench.records import Choice, Control, Method, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import (
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_network,
    sample_results,
)

Column = Callable[[Table, str], list[str]]


def make_results(
    count: int,
    *,
    task: float = 3.0,
    alone: float | None = 0.2,
    permuted: float = 0.2,
    more: Sequence[tuple[Method, float]] = (),
    units_done: Mapping[str, int] | None = None,
) -> Results:
    """Return results with `count` controls, by the signal of each kind of network."""
    controls = [
        sample_network(f"pt:shuffled={seed}", Choice(name="pt", parameters={"shuffled": seed}))
        for seed in range(1, count + 1)
    ]
    reference = [] if alone is None else [(SINGLE_TASK, alone)]
    return sample_results(
        [(MULTI_TASK, task), *reference, *((control, permuted) for control in controls), *more],
        units_done=units_done,
    )


@pytest.fixture(scope="module")
def nineteen() -> Results:
    """A network with pT that beats 19 controls and the network without it, and a baseline."""
    return make_results(19, more=[(LOGISTIC, 0.5)])


def make_table(results: Results) -> Table:
    (table,) = LabelTests()(results)
    assert isinstance(table, Table)
    return table


def test_a_row_for_each_metric_has_the_scores_and_p(
    nineteen: Results, column_texts: Column
) -> None:
    table = make_table(nineteen)
    assert column_texts(table, "method") == ["resnet50 + pt", "resnet50 + pt"]
    assert column_texts(table, "metric") == ["AUC", "AP"]
    assert column_texts(table, "controls") == ["19", "19"]
    assert column_texts(table, "reaching") == ["0", "0"]
    assert column_texts(table, "p") == [".05", ".05"]
    assert column_texts(table, "conclusion") == ["helps", "helps"]
    by_label = {
        r.method.label: float(r.scores["auc"].values.mean()) for r in nineteen.method_results
    }
    permuted = [score for label, score in by_label.items() if "shuffled" in label]
    cells = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    assert cells["own"].value == pytest.approx(by_label["resnet50 + pt"])
    assert cells["without"].value == pytest.approx(by_label["resnet50"])
    assert cells["permuted"].value == pytest.approx(np.mean(permuted))
    assert (cells["permuted"].low, cells["permuted"].high) == pytest.approx(
        (min(permuted), max(permuted))
    )
    assert max(map(len, render([table], "table").splitlines())) <= 100


@pytest.mark.parametrize(
    ("levels", "count", "conclusion"),
    [
        ({"permuted": 3.3}, 19, "gain, not by the labels"),
        ({"task": 1.6, "alone": 1.6}, 19, "labels matter, no gain shown"),
        ({"task": 1.0, "alone": 1.0, "permuted": 1.0}, 19, "not shown"),
        ({}, 3, "helps"),
        ({"alone": None}, 3, "–"),
    ],
)
def test_the_conclusion_needs_both_tests(
    levels: dict[str, float], count: int, conclusion: str, column_texts: Column
) -> None:
    table = make_table(make_results(count, **levels))
    assert column_texts(table, "conclusion")[0] == conclusion
    few = [note for note in table.notes if note.startswith("With fewer than 19 controls, p is")]
    assert len(few) == (count < 19)


@pytest.mark.parametrize(
    ("levels", "count", "conclusion"),
    [
        ({}, 2, "gain, controls not finished"),
        ({}, 19, "gain, controls not finished"),
        ({}, 20, "gain, controls not finished"),
        ({"task": 1.0, "alone": 1.0, "permuted": 1.0}, 19, "no gain shown, controls not finished"),
    ],
)
def test_controls_that_are_not_finished_have_no_p_and_no_conclusion(
    levels: dict[str, float], count: int, conclusion: str, column_texts: Column
) -> None:
    results = make_results(count, **levels, units_done={f"pt:shuffled={count}": 3})
    table = make_table(results)
    assert column_texts(table, "controls") == [f"{count - 1} of {count}"] * 2
    assert column_texts(table, "p") == ["–", "–"]
    assert column_texts(table, "conclusion")[0] == conclusion
    notes = " ".join(table.notes)
    assert "whose controls are not all finished has no p and no conclusion" in notes
    assert ("p: permutation test" in notes) == (count >= 19)
    assert ("With fewer than 19 controls, p is" in notes) == (count < 19)


def test_an_undefined_metric_has_no_rank(nineteen: Results, column_texts: Column) -> None:
    first, reference, control, *others = nineteen.method_results
    values = np.full_like(control.scores["auc"].values, np.nan)
    scores = {**control.scores, "auc": replace(control.scores["auc"], values=values)}
    changed = (first, reference, replace(control, scores=scores), *others)
    table = make_table(replace(nineteen, method_results=changed))
    assert column_texts(table, "reaching") == ["–", "0"]
    assert column_texts(table, "p") == ["–", ".05"]
    assert column_texts(table, "conclusion") == ["gain, controls undefined", "helps"]
    assert any("a fold does not define has no p" in note for note in table.notes)


def test_controls_are_one_row_here_and_in_no_other_table(nineteen: Results) -> None:
    for section in (Comparisons(), AllComparisons(), Performance()):
        text = render([*section(nineteen)], "table")
        assert "shuffled" not in text
    assert len(make_table(nineteen).rows) == 2


def test_without_a_control_there_is_nothing_to_show(sample: Results) -> None:
    assert list(LabelTests()(sample)) == []


ORACLE = replace(sample_network("resnet50 + oracle", "oracle"), control="positive")


@pytest.mark.parametrize(
    ("control", "signal", "verdict"),
    [
        ("positive", 3.0, "scores better in this cohort"),
        ("positive", 0.95, "no difference shown"),
        ("negative", 3.0, "scores better in this cohort"),
    ],
)
def test_declared_controls_are_compared_with_the_network_without_them(
    control: Control, signal: float, verdict: str, column_texts: Column
) -> None:
    method = replace(ORACLE, control=control)
    results = sample_results([(MULTI_TASK, 1.0), (SINGLE_TASK, 0.95), (method, signal)])
    table = make_table(results)
    assert table.key == "declared_controls"
    assert column_texts(table, "control") == [control] * 2
    assert column_texts(table, "verdict")[0] == verdict
    pairs = {(c.method_a, c.method_b) for c in results.pair_comparisons}
    assert (SINGLE_TASK.fingerprint, method.fingerprint) in pairs
    assert (MULTI_TASK.fingerprint, method.fingerprint) not in pairs
    (comparison,) = [
        c
        for c in results.pair_comparisons
        if c.method_b == method.fingerprint and c.metric == "auc"
    ]
    assert np.isnan(comparison.holm)
