"""Selection frequency and stability: the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_report.selected_features import MOST_FEATURES, SelectedFeatures

from lnmbench.records import ModalitySelection, Paragraph, Results, Table, UnitSelections
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, sample_results


def unit(*fits: tuple[str, ...] | None, candidates: int = 40) -> UnitSelections:
    each = ModalitySelection(
        modality="radiomics", candidates=candidates, fits=tuple((names,) for names in fits)
    )
    return UnitSelections(modalities=(each,))


def with_selections(*units: UnitSelections) -> Results:
    results = sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])
    changed = [
        replace(r, selections=units) if r.method == LOGISTIC else r for r in results.method_results
    ]
    return replace(results, method_results=tuple(changed))


def test_features_are_sorted_by_the_share_of_fits(
    column_texts: Callable[[Table, str], list[str]],
) -> None:
    results = with_selections(unit(("a", "b"), ("b", "c")), unit(("b", "c"), ("d", "b")))
    table, stability = SelectedFeatures()(results)
    assert isinstance(table, Table)
    assert isinstance(stability, Table)
    assert column_texts(table, "feature") == ["b", "c", "a", "d"]
    assert column_texts(table, "modality") == ["radiomics"] * 4
    assert [row[3].value for row in table.rows] == [1.0, 0.5, 0.25, 0.25]
    assert column_texts(table, "share") == ["100 %", "50 %", "25 %", "25 %"]
    assert column_texts(stability, "fits") == ["4"]
    assert column_texts(stability, "candidates") == ["40"]
    assert column_texts(stability, "selected") == ["2.0 (2 to 2)"]
    # mean pairwise overlap 7/6 of sets of 2, by chance 4/40: Kuncheva's index of sets of one size
    assert stability.rows[0][5].value == pytest.approx((7 / 6 - 0.1) / (2 - 0.1))
    assert max(map(len, render([table, stability], "table").splitlines())) <= 100


def test_rare_features_are_in_a_complete_table() -> None:
    names = tuple(f"x{i:02}" for i in range(MOST_FEATURES + 3))
    short, whole, _ = SelectedFeatures()(with_selections(unit(names, names[:4])))
    assert isinstance(short, Table)
    assert isinstance(whole, Table)
    assert (len(short.rows), len(whole.rows)) == (MOST_FEATURES, MOST_FEATURES + 3)
    assert whole.exhaustive
    assert "3 more selected features" in short.notes[-1]


def test_a_fit_without_a_model_does_not_count(
    column_texts: Callable[[Table, str], list[str]],
) -> None:
    table, stability = SelectedFeatures()(with_selections(unit(("a",), None)))
    assert isinstance(table, Table)
    assert isinstance(stability, Table)
    assert column_texts(table, "share") == ["100 %"]
    assert column_texts(stability, "stability") == ["–"]


def test_there_is_no_section_without_a_selection() -> None:
    assert SelectedFeatures()(sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 1.0)])) == []


def test_a_run_that_did_not_store_selections_says_so() -> None:
    parameters = {**LOGISTIC.baseline.parameters, "select": "lasso"}
    choice = replace(LOGISTIC.baseline, parameters=parameters)
    selecting = replace(LOGISTIC, label="with lasso", baseline=choice)
    (paragraph,) = SelectedFeatures()(sample_results([(selecting, 1.0), (SINGLE_TASK, 1.0)]))
    assert isinstance(paragraph, Paragraph)
    assert "that ran with lasso did not store the selected features" in paragraph.lines[0]
