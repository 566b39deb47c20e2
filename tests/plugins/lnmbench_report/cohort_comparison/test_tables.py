"""The section across cohorts: its sentences, scores and tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from lnmbench_report.cohort_comparison.tables import CohortComparison

from lnmbench.records import Block, Cell, MethodResult, Results, Table


def make_blocks(cohorts: Sequence[Results]) -> dict[str, Block]:
    return {block.key: block for block in CohortComparison().across(cohorts)}


def with_primary(cohorts: Sequence[Results], *primary: str) -> list[Results]:
    """Return the cohorts as if other metrics had been declared."""
    return [replace(results, primary_metrics=primary) for results in cohorts]


def with_npv(results: Results, undefined: int) -> Results:
    """Return the cohort with an NPV on each fold but some folds of the first method."""
    changed: list[MethodResult] = []
    for result in results.method_results:
        values = np.nan_to_num(result.scores["npv"].values, nan=0.5)
        values.flat[: 0 if changed else undefined] = np.nan
        scores = {**result.scores, "npv": replace(result.scores["npv"], values=values)}
        changed.append(replace(result, scores=scores))
    return replace(results, method_results=tuple(changed))


def cells(table: Block) -> list[dict[str, Cell]]:
    assert isinstance(table, Table)
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_one_cohort_is_left_to_the_other_sections(cohorts: list[Results]) -> None:
    assert CohortComparison()(cohorts[0]) == []


def test_each_cohort_and_each_method_has_a_row(cohorts: list[Results]) -> None:
    blocks = make_blocks(cohorts)
    assert list(blocks) == [
        "across",
        "cohorts",
        "across_auc",
        "across_ap",
        "across_comparisons",
        "across_forest_1",
        "across_ranks",
    ]
    assert [row["n"].text for row in cells(blocks["cohorts"])] == ["200"] * 3
    for results, column in zip(cohorts, ("cohort1", "cohort2", "cohort3"), strict=True):
        means = [row[column].value for row in cells(blocks["across_auc"])]
        assert means == [r.summary["auc"].value for r in results.method_results]


def test_if_lower_is_better_every_part_says_so(cohorts: list[Results]) -> None:
    blocks = make_blocks(with_primary(cohorts, "brier"))
    for key in ("across", "across_brier", "across_forest_1", "across_ranks"):
        assert "lower is better" in str(blocks[key]), key
    pairs = blocks["across_comparisons"]
    assert isinstance(pairs, Table)
    title = cohorts[0].metric_titles["brier"]
    assert {row["metric"].text for row in cells(pairs)} == {f"{title} (lower is better)"}
    assert f"In {title} a negative difference is a better score." in pairs.notes
    assert pairs.columns[-1].heading == "P(worse / equivalent / better)"
    assert "better" in pairs.notes[-1]
    assert "above" not in pairs.notes[-1]


def test_a_metric_that_folds_do_not_define_is_left_out_with_the_reason(
    cohorts: list[Results],
) -> None:
    changed = [with_npv(results, 0) for results in cohorts]
    changed[1] = with_npv(changed[1], 2)

    blocks = make_blocks(with_primary(changed, "auc", "npv"))
    assert "across_auc" in blocks
    assert "across_npv" not in blocks
    title = changed[1].metric_titles["npv"]
    label = changed[1].method_results[0].method.label
    reason = f"{title}, which is not defined on 2 of 20 folds of {label} in synthetic:"
    assert reason in str(blocks["across"])
    assert {row["metric"].text for row in cells(blocks["across_comparisons"])} == {"AUC"}

    nothing = make_blocks(with_primary(changed, "npv"))
    assert set(nothing) == {"across", "cohorts"}
    assert "which is not defined" in str(nothing["across"])


def test_the_least_p_of_few_cohorts_is_said(cohorts: list[Results]) -> None:
    two = str(make_blocks(with_primary(cohorts[:2], "auc"))["across"])
    # 3 methods: 1 / 3! for all; 2 / 6² for a pair
    assert "the tests of ranks have little power" in two
    assert "p is at least .17 for all methods together" in two
    assert "for all methods together and .06 for the question, even if" in two
    both = str(make_blocks(with_primary(cohorts[:2], "auc", "brier"))["across"])
    assert "after Holm over 2 tests, .11 for the first" in both
    three = str(make_blocks(with_primary(cohorts, "auc"))["across"])
    assert "have little power" not in three


def test_the_auxiliary_question_has_its_differences(
    cohorts: list[Results],
) -> None:
    blocks = make_blocks(with_primary(cohorts, "auc"))
    first, *_ = cells(blocks["across_comparisons"])
    assert (first["method"].text, first["against"].text) == ("resnet50", "resnet50 + pt")
    differences = [
        a.summary["auc"].value - b.summary["auc"].value
        for a, b in (results.method_results[:2] for results in cohorts)
    ]
    better = sum(difference > 0.0 for difference in differences)
    line = f"Auxiliary task pt in AUC: better in {better} of 3 cohorts, mean difference "
    assert line in str(blocks["across"])
