"""The table of the outcomes of a target."""

from __future__ import annotations

import numpy as np
from lnmbench_report.outcomes import OutcomeTable

from lnmbench.records import Results, Table
from lnmbench.results import for_outcome
from lnmbench.testing import sample_outcome_results


def test_each_outcome_has_its_counts_and_the_scores_of_each_method() -> None:
    results = sample_outcome_results("ordinal")
    (table,) = OutcomeTable()(results)
    assert isinstance(table, Table)
    keys = [column.key for column in table.columns]
    assert keys == ["outcome", "known", "positive", "method", "auc", "ap", "brier", "folds"]
    assert len(table.rows) == 3 * 3  # without the control
    assert "Controls are left out; the export has their scores." in table.notes
    rows = [dict(zip(keys, row, strict=True)) for row in table.rows]
    assert [rows[index]["positive"].value for index in (0, 3, 6)] == [50, 25, 5]
    assert [rows[index]["known"].text for index in (0, 3, 6)] == ["200", "200", "190"]
    high = for_outcome(results, "high").method_results[0]
    assert rows[6]["method"].text == high.method.label
    assert rows[6]["auc"].value == high.summary["auc"].value
    defined = int(np.isfinite(high.scores["auc"].values).sum())
    assert rows[6]["folds"].text == f"{defined} of 20"
    assert defined < 20
    assert any("cut points" in note for note in table.notes)


def test_a_binary_target_has_no_such_table(sample: Results) -> None:
    assert OutcomeTable()(sample) == []
