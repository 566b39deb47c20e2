"""Tables with rows for each method."""

from __future__ import annotations

from lnmbench_report.method_table import make_method_table

from lnmbench.records import Cell, MethodResult, Results, Table, TableColumn


def test_each_row_has_the_label_of_its_method_and_belongs_to_it(sample: Results) -> None:
    def make_rows(result: MethodResult) -> list[tuple[Cell, ...]]:
        return [(Cell(text=f"{row}"),) for row in range(2)]

    first, second, _ = sample.method_results
    (table,) = make_method_table(
        sample,
        [first, second],
        make_rows,
        key="rows",
        title="Rows",
        columns=(TableColumn(key="row", heading="Row"),),
        notes=("a note",),
    )
    assert isinstance(table, Table)
    assert table.title == "Rows (SYNTHETIC)"
    assert [tuple(cell.text for cell in row) for row in table.rows] == [
        ("resnet50 + pt", "0"),
        ("resnet50 + pt", "1"),
        ("resnet50", "0"),
        ("resnet50", "1"),
    ]
    first_key, second_key = (r.method.fingerprint for r in (first, second))
    assert table.methods == ((first_key,), (first_key,), (second_key,), (second_key,))


def test_without_a_method_there_is_no_table(sample: Results) -> None:
    assert (
        make_method_table(sample, [], lambda result: [], key="k", title="t", columns=(), notes=())
        == []
    )
