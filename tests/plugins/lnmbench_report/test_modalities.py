"""Ablation of modalities: the table and the figure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.modalities import Modalities

from lnmbench.records import Figure, Results, Table, choose_modalities
from lnmbench.rendering import render
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, sample_results

BLOOD = replace(LOGISTIC, label="blood", baseline=choose_modalities(LOGISTIC.baseline, ["cfdna"]))
CLINICAL = replace(
    LOGISTIC, label="both", baseline=choose_modalities(LOGISTIC.baseline, ["cfdna", "clinical"])
)


@pytest.fixture(scope="module")
def results() -> Results:
    return sample_results([(CLINICAL, 1.0), (BLOOD, 0.1), (SINGLE_TASK, 1.0)])


def test_each_set_is_compared_with_that_of_all_modalities(
    results: Results, column_texts: Callable[[Table, str], list[str]]
) -> None:
    table, _ = Modalities()(results)
    assert isinstance(table, Table)
    assert column_texts(table, "method") == ["both"] * 4
    assert column_texts(table, "modalities") == ["clinical + cfdna", "cfdna"] * 2
    assert column_texts(table, "difference")[0] == "reference"
    scores = {r.method.fingerprint: r.scores for r in results.method_results}
    all_of_them, blood = (
        float(np.mean(scores[method.fingerprint]["auc"].values)) for method in (CLINICAL, BLOOD)
    )
    assert table.rows[1][3].value == pytest.approx(blood)
    assert table.rows[1][4].value == pytest.approx(blood - all_of_them)
    assert table.rows[1][5].value is not None
    assert max(map(len, render([table], "table").splitlines())) <= 100


def test_the_figure_has_a_row_for_each_method(results: Results) -> None:
    _, figure = Modalities()(results)
    assert isinstance(figure, Figure)
    assert figure.panels[0].y.categories == ("both, clinical + cfdna", "both, cfdna")
    assert len(figure.panels) == len(results.primary_metrics)


def test_there_is_no_section_without_methods_that_differ_in_modalities() -> None:
    assert Modalities()(sample_results([(SINGLE_TASK, 1.0), (LOGISTIC, 1.0)])) == []
