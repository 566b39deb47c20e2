"""Tables with a row for each compared pair."""

from __future__ import annotations

from lnmbench_report.comparisons.pair_table import make_pair_table, pvalue_cell

from lnmbench.records import Cell, Results, TableColumn


def test_a_row_names_method_comparator_and_metric_before_its_cells(sample: Results) -> None:
    comparison = sample.pair_comparisons[0]
    table = make_pair_table(
        sample,
        [comparison],
        key="example",
        title="Example",
        columns=(TableColumn(key="number", heading="Number"),),
        rows=[(Cell(text="1", value=1.0),)],
        notes=("A note.",),
    )
    assert [column.key for column in table.columns] == ["method", "against", "metric", "number"]
    assert [cell.text for cell in table.rows[0]] == ["resnet50 + pt", "resnet50", "AUC", "1"]
    assert table.methods == ((comparison.method_b, comparison.method_a),)


def test_a_missing_test_has_no_p(sample: Results) -> None:
    test = sample.pair_comparisons[0].tests["paired"]
    assert pvalue_cell(test).value == test.pvalue
    assert pvalue_cell(None) == Cell(text="–")
