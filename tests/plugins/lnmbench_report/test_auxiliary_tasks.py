"""The report's table of auxiliary tasks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.auxiliary_tasks import AuxiliaryTasks

from lnmbench.records import (
    AuxScore,
    Cell,
    Choice,
    Estimate,
    Label,
    MethodResult,
    NetworkMethod,
    Protocol,
    Results,
    Table,
    Weights,
)
from lnmbench.testing.sample_results import MULTI_TASK, SINGLE_TASK, empty_results

N = 20
PT = Choice(name="pt", parameters={"shuffled": 0})
CONTROL = Choice(name="pt", parameters={"shuffled": 1})
SIZE = Choice(name="size")


def score(task: Choice, kind: Label, **metrics: Estimate) -> AuxScore:
    return AuxScore(task=str(task), title=task.name, kind=kind, known=N, scored=N, metrics=metrics)


def outcome(label: str, *scores: tuple[Choice, AuxScore], done: int = 4) -> MethodResult:
    tasks = tuple(task for task, _ in scores)
    method = NetworkMethod(
        label=label,
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
        aux=tasks,
    )
    aux = tuple(column for _, column in scores)
    return MethodResult(method=method, units_done=done, units_all=4, aux=aux)


KAPPA = Estimate(value=0.412, low=0.2, high=0.6)
STAGED = outcome("net + pt", (PT, score(PT, "ordinal", kappa=KAPPA)))


def make_results(*outcomes: MethodResult) -> Results:
    return replace(
        empty_results(),
        protocol=Protocol(repeats=2, folds=2),
        n=N,
        positives=5,
        method_results=outcomes,
        metric_titles={"kappa": "Quadratic kappa"},
    )


def make_table(results: Results) -> Table:
    (table,) = AuxiliaryTasks()(results)
    assert isinstance(table, Table)
    return table


def cells(table: Table, row: int = 0) -> dict[str, Cell]:
    return dict(zip((column.key for column in table.columns), table.rows[row], strict=True))


def test_a_real_runs_task_and_its_control_are_scored(scored: Results) -> None:
    table = make_table(scored)
    by_method = {outcome.method.fingerprint: outcome for outcome in scored.method_results}
    metrics = by_method[table.methods[0][0]].aux[0].metrics
    assert len(table.rows) == 2 * len(metrics) >= 4
    for row_index, (fingerprint,) in enumerate(table.methods):
        row = cells(table, row_index)
        estimates = list(by_method[fingerprint].aux[0].metrics.values())
        estimate = estimates[row_index % len(metrics)]
        assert (row["mean"].value, row["mean"].low) == (estimate.value, estimate.low)
        assert row["known"].text == "60 of 60 (100 %)"
    controls = ["(control)" in row[1].text for row in table.rows]
    assert controls == [False] * len(metrics) + [True] * len(metrics)
    assert "SYNTHETIC" in table.title
    assert any("only by chance" in note for note in table.notes)


def test_numbers_have_their_interval_and_the_title_of_their_metric() -> None:
    table = make_table(make_results(STAGED))
    assert cells(table)["metric"].text == "Quadratic kappa"
    cell = cells(table)["mean"]
    assert cell.text == ".412 (.200 to .600)"
    assert (cell.value, cell.low, cell.high) == (0.412, 0.2, 0.6)


def test_cases_that_are_learned_but_not_scored_are_counted_and_explained() -> None:
    staged = replace(score(PT, "ordinal", kappa=KAPPA), scored=17)
    table = make_table(make_results(outcome("net + pt", (PT, staged))))
    assert (cells(table)["known"].text, cells(table)["scored"].text) == ("20 of 20 (100 %)", "17")
    assert any("allows several classes" in note for note in table.notes)
    assert not any(
        "allows several classes" in note for note in make_table(make_results(STAGED)).notes
    )


def test_labels_that_do_not_train_the_network_are_explained() -> None:
    results = make_results(STAGED)
    (result,) = results.method_results
    few = replace(result, aux=tuple(replace(each, known=5) for each in result.aux))
    table = make_table(replace(results, method_results=(few,)))
    assert (cells(table)["known"].text, cells(table)["scored"].text) == ("5 of 20 (25 %)", "20")
    assert any("share of its labels (keep)" in note for note in table.notes)
    assert not any("several classes" in note for note in table.notes)


def test_folds_that_do_not_define_a_metric_are_noted() -> None:
    assert any("Mean over 4 outer folds" in note for note in make_table(make_results(STAGED)).notes)
    note = "The mean excludes folds on which a metric is undefined"
    for folds, noted in ((4, False), (3, True), (0, False)):
        staged = replace(score(PT, "ordinal", kappa=KAPPA), folds={"kappa": folds})
        notes = make_table(make_results(outcome("net + pt", (PT, staged)))).notes
        assert any(line.startswith(note) for line in notes) is noted


def test_a_task_has_rows_of_its_metrics_alone_and_an_undefined_one_is_a_dash() -> None:
    undefined = Estimate(value=math.nan)
    error = score(SIZE, "continuous", mae=Estimate(value=4.25, low=3.0, high=5.5))
    both = outcome("net + pt + size", (PT, score(PT, "ordinal", kappa=undefined)), (SIZE, error))
    table = make_table(make_results(both))
    rows = [(row["task"].text, row["mean"].text) for row in (cells(table, 0), cells(table, 1))]
    assert rows == [("pt", "–"), ("size", "4.250 (3.000 to 5.500)")]
    assert len(table.rows) == 2


def test_there_is_no_table_without_a_complete_network_that_has_a_task() -> None:
    assert not AuxiliaryTasks()(make_results(outcome("net")))
    assert not AuxiliaryTasks()(make_results(replace(STAGED, units_done=3)))


def test_the_change_of_the_predictions_of_the_target_is_a_column() -> None:
    before = np.tile(np.linspace(0.1, 0.9, N), (2, 1))
    after = before.copy()
    after[:, 0] += 0.4
    plain = MethodResult(method=SINGLE_TASK, units_done=4, units_all=4, predicted=before)
    with_task = MethodResult(
        method=MULTI_TASK,
        units_done=4,
        units_all=4,
        predicted=after,
        aux=(score(MULTI_TASK.aux[0], "ordinal", kappa=KAPPA),),
    )
    table = make_table(make_results(plain, with_task))
    row = cells(table)
    assert row["correlation"].value == pytest.approx(np.corrcoef(before[0], after[0])[0, 1])
    assert row["mean_change"].text == ".020"
    assert any("cannot show an effect" in note for note in table.notes)
    alone = make_table(make_results(with_task))
    assert "mean_change" not in cells(alone)
    assert not any("cannot show an effect" in note for note in alone.notes)
