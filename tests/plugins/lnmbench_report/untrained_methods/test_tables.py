"""The section on methods that are not trained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.untrained_methods.tables import UntrainedMethods
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from lnmbench.records import Cell, Paragraph, Results, Table
from lnmbench.registry import Registry
from lnmbench.rendering import render
from lnmbench.stages.report import build_blocks, build_page
from lnmbench.testing.sample_results import sample_results


def section(results: Results) -> dict[str, Table]:
    return {block.key: block for block in UntrainedMethods()(results) if isinstance(block, Table)}


def test_rows_have_coverage_and_what_the_scale_allows(readers: Results) -> None:
    table = section(readers)["untrained"]
    rows: dict[str, dict[str, Cell]] = {}
    for label, _, cases, measure, value in table.rows:
        rows.setdefault(label.text, {"cases": cases})[measure.text] = value
    lines = render(list(section(readers).values()), "table").splitlines()
    assert max(map(len, lines)) <= 100
    by_label = {r.method.label: r for r in readers.method_results}
    software = by_label["software"].predicted
    assert software is not None
    assert rows["software"]["AUC"].value == pytest.approx(roc_auc_score(readers.truth, software[0]))
    assert set(rows["software"]) == {"cases", "AUC"}
    assert set(rows["third"]) == {"cases", "sensitivity", "specificity", "PPV", "NPV"}
    assert rows["rating"]["cases"].text == "150 of 200 (37)"
    assert rows["third"]["cases"].text == "100 of 200 (25)"
    calls = by_label["third"].predicted
    assert calls is not None
    positive = (readers.truth == 1) & (np.arange(200) >= 100)
    hits = int(calls[0, positive].sum())
    cell = rows["third"]["sensitivity"]
    assert cell.value == pytest.approx(hits / 25)
    assert (cell.low, cell.high) == pytest.approx(proportion_confint(hits, 25, method="wilson"))
    text = " ".join(table.notes)
    assert "no AUC and no calibration" in text
    assert "cannot be calibrated" in text
    assert "lacks predictions of some cases" in text


def test_a_run_without_readers_has_no_section() -> None:
    assert UntrainedMethods()(sample_results()) == []


def test_all_other_sections_can_be_written(readers: Results) -> None:
    blocks = build_blocks(readers, Registry())
    assert not [block for block in blocks if block.key == "faults"]
    for key in ("calibration", "net_benefit", "performance", "further"):
        (table,) = [b for b in blocks if b.key == key and isinstance(b, Table)]
        labels = {row[0].text for row in table.rows} | {row[1].text for row in table.rows}
        assert not labels & {"first", "second", "third", "rating"}, key


def test_predictions_that_are_all_right_are_pointed_out(readers: Results) -> None:
    perfect = tuple(
        replace(r, predicted=np.tile(readers.truth, (4, 1))) if r.method.label == "first" else r
        for r in readers.method_results
    )
    notes = section(replace(readers, method_results=perfect))["untrained"].notes
    assert [note for note in notes if note.startswith("first: the predictions are all right")]
    assert not [n for n in section(readers)["untrained"].notes if "all right" in n]


def test_a_page_offers_the_methods_of_the_section(readers: Results) -> None:
    page = build_page(readers, Registry())
    labels = list(page.methods.values())
    assert labels[4:] == ["rating", "first", "second", "third"]
    by_label = {label: key for key, label in page.methods.items()}
    assert {by_label[label] for label in labels[4:]} <= set(page.chosen)


def test_one_trained_method_with_readers_is_described(readers: Results) -> None:
    chosen = [r for r in readers.method_results if r.method.label in ("logistic", "first")]
    results = replace(readers, method_results=tuple(chosen), pair_comparisons=())
    texts = {
        block.key: " ".join(block.lines)
        for block in build_blocks(results, Registry())
        if isinstance(block, Paragraph)
    }
    assert "Only logistic has scores on the outer folds: AUC" in texts["answer"]
    assert texts["conclusion"].startswith("Only logistic has scores on the folds, so no methods")
    alone = replace(results, method_results=tuple(chosen[1:]))
    texts = {
        b.key: " ".join(b.lines)
        for b in build_blocks(alone, Registry())
        if isinstance(b, Paragraph)
    }
    assert "see the table of methods that are not trained" in texts["answer"]
    assert "No method has scores on the outer folds" in texts["conclusion"]
