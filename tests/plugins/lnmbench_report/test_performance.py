"""The tables of the primary metrics and of the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from lnmbench_report.performance import FurtherMetrics, Performance

from lnmbench.records import Estimate, Results, Table
from lnmbench.testing.sample_results import MULTI_TASK, SAMPLE_METHODS, SINGLE_TASK, sample_results

Column = Callable[[Table, str], list[str]]
Undefined = Callable[[Results, int], Results]
THREE = SAMPLE_METHODS[:3]


def make_table(section: Performance | FurtherMetrics, results: Results) -> Table:
    (table,) = section(results)
    assert isinstance(table, Table)
    return table


def test_it_holds_the_primary_metrics_at_full_precision_and_no_others(sample: Results) -> None:
    table = make_table(Performance(), sample)
    keys = [column.key for column in table.columns]
    assert keys == ["method", "auc", "auc_sd", "ap", "ap_sd"]
    first = dict(zip(keys, table.rows[0], strict=True))
    summary = sample.method_results[0].summary["auc"]
    assert first["method"].text == "resnet50 + pt"
    assert (first["auc"].value, first["auc"].low) == (summary.value, summary.low)
    assert first["auc"].high == summary.high
    assert first["auc_sd"].value == sample.method_results[0].spread["auc"]
    assert first["auc"].text == f"{summary.value:.3f} (".lstrip("0") + (
        f"{summary.low:.3f}"[1:] + " to " + f"{summary.high:.3f}"[1:] + ")"
    )
    assert "Chance-level AP equals the prevalence, .250." in table.notes
    assert table.methods == tuple((r.method.fingerprint,) for r in sample.method_results)


def test_it_says_on_how_many_folds_a_metric_is_defined(
    undefined_npv: Undefined, column_texts: Column
) -> None:
    table = make_table(
        Performance(), undefined_npv(sample_results(THREE, primary=("npv", "auc")), 6)
    )
    keys = [column.key for column in table.columns]
    assert keys == ["method", "npv", "npv_sd", "npv_folds", "auc", "auc_sd"]
    assert column_texts(table, "npv_folds") == ["14 of 20", "20 of 20", "20 of 20"]
    first, second, *_ = table.notes
    assert first.startswith("Mean over those of the 20 outer folds on which the metric is defined;")
    undefined = "The mean excludes folds on which a metric is undefined, "
    assert second == f"{undefined}e.g. a proportion of zero cases."
    whole = make_table(Performance(), sample_results(THREE, primary=("npv", "auc")))
    assert whole.notes[0].startswith("Mean over 20 outer folds;")


def test_an_interval_of_an_auc_ends_at_one(column_texts: Column) -> None:
    results = sample_results([(MULTI_TASK, 3.5), (SINGLE_TASK, 1.0)])
    assert results.method_results[0].summary["auc"].value < 1.0
    table = make_table(Performance(), results)
    assert column_texts(table, "auc")[0].endswith(" to 1.000)")


def test_many_primary_metrics_are_in_rows(column_texts: Column) -> None:
    results = sample_results(THREE, primary=("brier", "auc", "ap", "net_benefit"))
    table = make_table(Performance(), results)
    assert column_texts(table, "metric")[::3] == [
        "Brier (lower is better)",
        "AUC",
        "AP",
        "Net benefit at .20",
    ]
    assert len(table.rows) == 12


def test_further_metrics_are_the_others_with_the_better_side_and_their_folds(
    column_texts: Column,
) -> None:
    results = sample_results(THREE, primary=("auc",))
    first, *_ = results.method_results
    values = first.scores["npv"].values.copy()
    values[0, :3] = np.nan
    gaps = {**first.scores, "npv": replace(first.scores["npv"], values=values)}
    nowhere = replace(first.scores["ppv"], values=np.full_like(values, np.nan))
    summary = {**first.summary, "ppv": Estimate(value=float("nan"))}
    spread = {**first.spread, "ppv": float("nan")}
    lacking = replace(first, scores={**gaps, "ppv": nowhere}, summary=summary, spread=spread)
    table = make_table(
        FurtherMetrics(), replace(results, method_results=(lacking, *results.method_results[1:]))
    )
    metrics = column_texts(table, "metric")
    assert metrics[::3] == [
        "AP",
        "Brier (lower is better)",
        "Log loss (lower is better)",
        "Sens. at spec. .90",
        "Spec. at sens. .90",
        "PPV at sens. .90",
        "NPV at sens. .90",
        "Net benefit at .20",
    ]
    assert column_texts(table, "folds")[metrics.index("NPV at sens. .90")] == "17 of 20"
    undefined = metrics.index("PPV at sens. .90")
    assert column_texts(table, "folds")[undefined] == "0 of 20"
    assert column_texts(table, "mean")[undefined] == "–"
    assert any(note.startswith("The mean excludes folds") for note in table.notes)


def test_primary_metrics_are_in_the_declared_order(sample: Results) -> None:
    table = make_table(Performance(), replace(sample, metrics=sample.metrics[::-1]))
    assert [column.key for column in table.columns][1:4:2] == ["auc", "ap"]
