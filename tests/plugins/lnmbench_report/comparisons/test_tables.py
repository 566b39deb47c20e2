"""The tables of comparisons: differences, and additional tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lnmbench_report.comparisons.tables import AllComparisons, Comparisons

from lnmbench.records import Block, Results, Table
from lnmbench.rendering import render
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_network,
    sample_predictions,
    sample_results,
)

Column = Callable[[Table, str], list[str]]
Undefined = Callable[[Results, int], Results]
THREE = SAMPLE_METHODS[:3]


def make_tables(results: Results) -> dict[str, Table]:
    blocks = [*Comparisons()(results), *AllComparisons()(results)]
    return {block.key: block for block in blocks if isinstance(block, Table)}


def test_the_network_with_the_task_is_compared_with_its_references() -> None:
    table = make_tables(sample_results([THREE[2], THREE[1], THREE[0]]))["comparisons"]
    assert {(row[0].text, row[1].text) for row in table.rows} == {
        ("resnet50 + pt", "resnet50"),
        ("resnet50 + pt", "logistic"),
        ("resnet50", "logistic"),
    }
    assert len(table.rows) == 6
    assert table.methods[0] == (MULTI_TASK.fingerprint, SINGLE_TASK.fingerprint)


def test_tables_of_three_methods_fit_100_columns(sample: Results) -> None:
    text = render([*Comparisons()(sample)], "table")
    assert max(map(len, text.splitlines())) <= 100
    assert ".03, not confirmed\n" in text, "the last column is not cut"


def test_a_metric_where_lower_is_better_is_marked_and_counted_so(column_texts: Column) -> None:
    results = sample_results([(MULTI_TASK, 3.0), (SINGLE_TASK, 0.2)], primary=("brier",))
    tables = make_tables(results)
    assert column_texts(tables["additional_tests"], "bayes_better") == ["> .99"]
    assert column_texts(tables["comparisons"], "metric") == ["Brier (lower is better)"]
    assert "In Brier a negative difference is a better score." in tables["comparisons"].notes


def test_a_pair_in_an_undefined_metric_is_not_compared(
    undefined_npv: Undefined, column_texts: Column
) -> None:
    tables = make_tables(undefined_npv(sample_results(THREE, primary=("npv", "auc")), 6))
    table = tables["comparisons"]
    columns = (column_texts(table, key) for key in ("metric", "difference"))
    rows = list(zip(*columns, strict=True))
    assert rows[0] == ("NPV at sens. .90", "not compared")
    assert rows[1][1].startswith("+.")
    assert (
        "Not compared: pairs with a fold on which the metric is undefined: "
        "NPV at sens. .90 on 6 of 20 folds of resnet50 + pt. "
        "Holm counts such a pair of its family as a test with p = 1."
    ) in table.notes
    assert len(tables["additional_tests"].rows) == 4
    assert "p, Holm" in {column.heading for column in table.columns}


def test_if_no_pair_could_be_compared_there_is_still_a_table(
    undefined_npv: Undefined, column_texts: Column
) -> None:
    tables = make_tables(undefined_npv(sample_results(THREE[:2], primary=("npv",)), 20))
    assert column_texts(tables["comparisons"], "p_holm") == ["–"]
    assert "additional_tests" not in tables


def test_of_many_pairs_the_questions_are_shown_and_all_in_the_appendix(sample: Results) -> None:
    single = [(sample_network(f"net {n}", encoder=f"e{n}"), 0.9) for n in range(3)]
    multi = [(sample_network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in range(3)]
    tables = make_tables(sample_results([(LOGISTIC, 0.8), *single, *multi]))
    first, all_pairs = tables["comparisons"], tables["all_comparisons"]
    assert len(first.rows) == 2 * (3 + 3)
    assert len(all_pairs.rows) == 2 * 21
    assert [row[0].text for row in first.rows[:6:2]] == [m.label for m, _ in multi]
    assert any(note.startswith("6 of 21 pairs") for note in first.notes)
    assert all_pairs.title.startswith("All differences between methods")
    assert len(tables["all_additional_tests"].rows) == 2 * 21
    assert "all_comparisons" not in make_tables(sample)


def test_text_leaves_out_more_than_a_dozen_other_pairs_and_says_where_they_are() -> None:
    def make_blocks(nets: int) -> list[Block]:
        single = [(sample_network(f"net {n}", encoder=f"e{n}"), 0.9) for n in range(nets)]
        multi = [(sample_network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in range(nets)]
        results = sample_results([*single, *multi])
        return [*Comparisons()(results), *AllComparisons()(results)]

    twelve, more = make_blocks(3), make_blocks(4)  # 15 pairs, 3 of questions; 28 pairs, 4
    every_pair = "All differences between methods (SYNTHETIC)"
    for format in ("table", "markdown"):
        assert every_pair in render(twelve, format)
        text = " ".join(render(more, format).split())
        assert every_pair not in text
        assert "All additional tests" not in text
        assert "4 of 28 pairs: those of this report's questions." in text
        assert "shows all 28 pairs with --format html, csv, json or latex." in text
        assert "with --format html, csv" not in " ".join(render(twelve, format).split())
    assert render(more, "csv").count("all_comparisons,56,") > 0
    assert every_pair in render(more, "json")
    assert every_pair in render(more, "latex")


def test_every_question_on_an_auxiliary_task_is_shown() -> None:
    nets = range(31)
    single = [(sample_network(f"net {n}", encoder=f"e{n}"), 0.9) for n in nets]
    multi = [(sample_network(f"net {n} + pt", "pt", encoder=f"e{n}"), 1.0) for n in nets]
    first = Comparisons()(sample_results([*single, *multi], primary=("auc",)))[0]
    assert isinstance(first, Table)
    assert len(first.rows) == 31


def test_a_pair_reads_the_same_whichever_method_was_the_reference() -> None:
    forth = sample_results([(CONTROL, 1.0), *THREE])
    back = sample_results([*THREE, (CONTROL, 1.0)])
    assert forth.pair_comparisons[0].method_a != back.pair_comparisons[-1].method_a
    predictions = sample_predictions([(CONTROL, 1.0), *THREE], 200)
    alike = sample_results([*THREE, (CONTROL, 1.0)], predictions=predictions)
    for key in ("comparisons", "additional_tests"):
        rows = [
            {tuple(cell.text for cell in row) for row in make_tables(results)[key].rows[:4]}
            for results in (forth, alike)
        ]
        assert rows[0] == rows[1]


def test_the_control_follows_the_reference() -> None:
    table = make_tables(sample_results([*THREE, (CONTROL, 1.0)]))["comparisons"]
    heads = [tuple(cell.text for cell in row[:2]) for row in table.rows]
    assert heads[2] == ("resnet50 + pt", "resnet50 + pt:shuffled=1")


def test_questions_and_declared_metrics_come_first_however_results_are_sorted() -> None:
    results = sample_results([THREE[2], THREE[1], THREE[0]])
    backwards = replace(
        results, metrics=results.metrics[::-1], pair_comparisons=results.pair_comparisons[::-1]
    )
    rows = make_tables(backwards)["comparisons"].rows
    assert [tuple(cell.text for cell in row[:3]) for row in rows] == [
        ("resnet50 + pt", "resnet50", "AUC"),
        ("resnet50 + pt", "resnet50", "AP"),
        ("resnet50 + pt", "logistic", "AUC"),
        ("resnet50 + pt", "logistic", "AP"),
        ("resnet50", "logistic", "AUC"),
        ("resnet50", "logistic", "AP"),
    ]


def test_without_a_primary_test_there_is_no_table(sample: Results) -> None:
    results = replace(
        sample, pair_comparisons=(), comparison_titles={}, comparison_roles={}, primary=""
    )
    assert not make_tables(results)
