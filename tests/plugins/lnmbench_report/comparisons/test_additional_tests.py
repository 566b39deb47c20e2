"""The table of exploratory tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.comparisons.additional_tests import make_additional_table

from lnmbench.records import Results, Table
from lnmbench.testing.sample_results import (
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_predictions,
    sample_results,
)

Column = Callable[[Table, str], list[str]]


def make_table(results: Results) -> Table:
    (table,) = make_additional_table(results, results.pair_comparisons)
    assert isinstance(table, Table)
    return table


def test_additional_tests_leave_out_what_is_not_for_a_metric(sample: Results) -> None:
    table = make_table(sample)
    assert table.title.startswith("Additional tests (exploratory, not corrected)")
    keys = [column.key for column in table.columns][3:]
    assert keys == [
        "bayes_worse",
        "bayes_equivalent",
        "bayes_better",
        "p_placement",
        "p_delong",
        "p_bootstrap",
    ]
    auc, ap = table.rows[:2]
    probabilities = [cell.value for cell in auc[3:6]]
    assert sum(p or 0.0 for p in probabilities) == pytest.approx(1.0)
    assert [cell.text for cell in ap[6:]] == ["–", "–", "–"]
    assert auc[6].value == sample.pair_comparisons[0].tests["placement"].pvalue


def test_identical_methods_are_equivalent(column_texts: Column) -> None:
    same = sample_predictions([(MULTI_TASK, 1.0)], 200)[MULTI_TASK.fingerprint]
    predictions = {MULTI_TASK.fingerprint: same, SINGLE_TASK.fingerprint: same}
    table = make_table(sample_results(SAMPLE_METHODS[:2], predictions=predictions))
    assert column_texts(table, "bayes_equivalent") == ["1.00", "1.00"]
    alike = "resnet50 + pt against resnet50: the comparison could not have shown an effect, so P,"
    assert any(note.startswith(alike) for note in table.notes)


def test_several_cases_of_a_patient_are_noted_with_the_additional_tests(sample: Results) -> None:
    notes = make_table(replace(sample, patients=np.arange(200) // 2)).notes
    assert any(note.startswith("100 patients have several cases") for note in notes)
