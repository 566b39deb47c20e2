"""Agreement between readers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.untrained_methods.agreement import compare_readers
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

from lnmbench.records import Results, Table


def calls(results: Results) -> np.ndarray:
    return np.stack(
        [
            r.predicted[0]
            for r in results.method_results
            if r.method.scale == "call" and r.predicted is not None
        ]
    )


def test_kappa_is_of_the_common_cases(readers: Results) -> None:
    (table,) = compare_readers(readers)
    assert isinstance(table, Table)
    assert [row[0].text for row in table.rows] == [
        "first and second",
        "first and third",
        "second and third",
        "first, second and third",
    ]
    assert [row[1].value for row in table.rows] == [200, 100, 100, 100]
    values = calls(readers)
    expected = cohen_kappa_score(values[0], values[1])
    assert table.rows[0][3].value == pytest.approx(expected)
    counts, _ = aggregate_raters(values[:, 100:].T.astype(int))
    assert table.rows[3][3].value == pytest.approx(fleiss_kappa(counts))


def test_one_reader_has_no_agreement(readers: Results) -> None:
    single = replace(readers, method_results=readers.method_results[:6])
    assert list(compare_readers(single)) == []
