"""Tests against readers on their cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lnmbench_report.untrained_methods.paired_tests import compare_calls, compare_ranks
from scipy.stats import binomtest

from lnmbench.records import Results, Table
from lnmbench.stats.delong import delong_test


def rows(table: Table) -> list[dict[str, float | str | None]]:
    keys = [column.key for column in table.columns]
    return [
        {
            key: cell.text if cell.value is None else cell.value
            for key, cell in zip(keys, row, strict=True)
        }
        for row in table.rows
    ]


def predictions(results: Results, label: str) -> np.ndarray:
    (result,) = [r for r in results.method_results if r.method.label == label]
    assert result.predicted is not None
    return result.predicted


def test_ranks_are_compared_on_the_cases_of_the_reader(readers: Results) -> None:
    (table,) = compare_ranks(readers)
    assert isinstance(table, Table)
    assert [(row["method"], row["reference"], row["cases"]) for row in rows(table)][3:5] == [
        ("resnet50 + pt", "rating", 150),
        ("resnet50", "rating", 150),
    ]
    row = rows(table)[3]
    cases = np.arange(200) >= 50
    rating, network = predictions(readers, "rating"), predictions(readers, "resnet50 + pt")
    test = delong_test(readers.truth[cases], rating[0, cases], network[:, cases])
    assert row["difference"] == pytest.approx(test.auc_b - test.auc_a)
    assert row["p"] == pytest.approx(test.pvalue)


def test_calls_are_compared_by_mcnemar_at_each_operating_point(readers: Results) -> None:
    (table,) = compare_calls(readers)
    assert isinstance(table, Table)
    assert len(table.rows) == 3 * 3 * 3  # readers, methods, operating points
    (row,) = [
        row
        for row in rows(table)
        if (row["method"], row["aim"], row["reference"]) == ("logistic", "sens. .90", "third")
    ]
    cases = np.arange(200) >= 100
    (logistic,) = [r for r in readers.method_results if r.method.label == "logistic"]
    thresholds = logistic.scores["npv"].thresholds
    assert thresholds is not None
    called = predictions(readers, "logistic")[0] >= thresholds[0, readers.outer[0]]
    read = predictions(readers, "third")[0] == 1
    for name, group, right in (
        ("sensitivity", cases & (readers.truth == 1), True),
        ("specificity", cases & (readers.truth == 0), False),
    ):
        a, b = called[group] == right, read[group] == right
        assert row[name] == pytest.approx(a.mean())
        assert row[f"reference_{name}"] == pytest.approx(b.mean())
        only_a, only_b = int((a & ~b).sum()), int((b & ~a).sum())
        assert row[f"{name}_p"] == pytest.approx(binomtest(only_a, only_a + only_b).pvalue)


def test_a_method_is_compared_at_the_specificity_of_the_reader(readers: Results) -> None:
    (table,) = compare_calls(readers)
    assert isinstance(table, Table)
    (row,) = [
        row
        for row in rows(table)
        if (row["method"], row["aim"], row["reference"]) == ("resnet50", "the same spec.", "first")
    ]
    network, read = predictions(readers, "resnet50")[0], predictions(readers, "first")[0] == 1
    called = np.zeros(200, dtype=bool)
    for fold in range(5):
        tested = readers.outer[0] == fold
        negative = ~tested & (readers.truth == 0)
        scores, share = np.sort(network[negative]), (~read[negative]).mean()
        # the least score below which at least that share of the negative cases is
        candidates = np.unique(network[~tested])
        threshold = next(c for c in candidates if (scores < c).mean() >= share)
        called[tested] = network[tested] >= threshold
    assert row["sensitivity"] == pytest.approx(called[readers.truth == 1].mean())
    assert row["specificity"] == pytest.approx((~called[readers.truth == 0]).mean())
    reference = row["reference_specificity"]
    assert isinstance(reference, float)
    assert row["specificity"] == pytest.approx(reference, abs=0.05)


def test_readers_who_call_every_case_positive_or_negative(readers: Results) -> None:
    for call in (0.0, 1.0):
        results = replace(
            readers,
            method_results=tuple(
                replace(r, predicted=np.full((4, 200), call)) if r.method.label == "first" else r
                for r in readers.method_results
            ),
        )
        (table,) = compare_calls(results)
        assert isinstance(table, Table)
        row = next(row for row in rows(table) if row["reference"] == "first")
        assert row["reference_sensitivity"] == call
        assert row["specificity"] == pytest.approx(1 - call, abs=0.02)
