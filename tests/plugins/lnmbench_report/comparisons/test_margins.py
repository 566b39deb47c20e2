"""The table of declared margins."""

from __future__ import annotations

import pytest
from lnmbench_report.comparisons.margins import Margins

from lnmbench.records import Results, Table
from lnmbench.testing.sample_results import SAMPLE_METHODS, sample_predictions, sample_results

THREE = SAMPLE_METHODS[:3]


def make_table(results: Results) -> Table:
    (table,) = Margins()(results)
    assert isinstance(table, Table)
    return table


def test_each_question_has_a_row_for_each_margin() -> None:
    results = sample_results(THREE, margins=(("auc", 0.1), ("ap", 0.05)))
    table = make_table(results)
    heads = [[cell.text for cell in row[:4]] for row in table.rows]
    assert heads == [
        ["resnet50 + pt", "resnet50", "AUC", ".100"],
        ["resnet50 + pt", "resnet50", "AP", ".050"],
        ["resnet50 + pt", "logistic", "AUC", ".100"],
        ["resnet50 + pt", "logistic", "AP", ".050"],
    ]
    first = table.rows[0]
    test = results.pair_comparisons[0].tests["corrected"]
    assert (first[4].low, first[4].value, first[4].high) == pytest.approx(
        (test.low, test.estimate, test.high)
    )
    assert first[4].low < first[5].low < first[5].high < first[4].high
    assert first[-1].text == "equivalent"
    assert "two one-sided tests at 5 %" in table.notes[0]
    texts = [column.key for column in table.columns if column.align == "left"]
    assert texts == ["method", "against", "metric"], "these name a row of the CSV"
    assert not Margins()(sample_results(THREE)), "none was declared"


def test_equivalence_of_methods_that_predict_alike_is_qualified() -> None:
    method, reference = (m for m, _ in THREE[:2])
    predictions = sample_predictions(THREE)
    predictions[method.fingerprint] = predictions[reference.fingerprint] ** 1.01
    results = sample_results(THREE, margins=(("auc", 0.05),), predictions=predictions)
    table = make_table(results)
    assert table.rows[0][-1].text == "equivalent"
    assert table.notes[1].startswith(
        "resnet50 + pt against resnet50: the comparison could not have shown an effect"
    )
