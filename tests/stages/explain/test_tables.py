"""Tables of explanations."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from lnmbench.stages.explain.tables import make_case_table, make_method_table, make_slice_table


def test_networks_are_summarized_over_the_cases(explained: Any) -> None:
    table = make_method_table(explained)
    assert len(table.rows) == 2
    for network, row in zip(explained.methods, table.rows, strict=True):
        label, largest_slice, largest_square, share, area, rank, deviation = row
        assert label.text == network.method.label
        effects = np.concatenate([case.slices.effects for case in network.cases])
        weights = np.concatenate([case.slices.weights for case in network.cases])
        assert abs(largest_slice.value) == np.abs(effects).max()
        assert largest_slice.value in effects
        squares = [case.occlusion.effects for case in network.cases]
        assert abs(largest_square.value) == max(np.abs(each).max() for each in squares)
        assert share.value == pytest.approx(
            np.mean([case.occlusion.tumor_share for case in network.cases])
        )
        assert 0.0 < area.value < share.value
        assert rank.value == pytest.approx(spearmanr(weights, np.abs(effects)).statistic)
        assert deviation.value < 1e-6


def test_cases_and_slices_have_rows_for_each_network(explained: Any) -> None:
    cases, slices = make_case_table(explained), make_slice_table(explained)
    assert [row[0].text for row in cases.rows] == [
        str(case) for case in explained.cases for _ in explained.methods
    ]
    truth = explained.results.truth
    for row in cases.rows:
        assert row[1].text == ("positive" if truth[int(row[0].text)] else "negative")
    assert slices is not None
    assert slices.exhaustive
    counts = [len(case.slices.effects) for n in explained.methods for case in n.cases]
    assert len(slices.rows) == sum(counts)
    assert slices.rows[0][2].text == "1"


def test_outcomes_have_a_column_of_their_own(ordinal: Any, explained: Any) -> None:
    makers = (make_method_table, make_case_table, make_slice_table)
    for make in makers:
        table = make(ordinal)
        headings = [column.heading for column in table.columns]
        names = {row[headings.index("Outcome")].text for row in table.rows}
        assert names == {"N1 or higher", "N2 or higher"}
        assert {len(row) for row in table.rows} == {len(headings)}
        plain = make(explained)
        assert "Outcome" not in [column.heading for column in plain.columns]
        assert {len(row) for row in plain.rows} == {len(plain.columns)}
    assert make_case_table(ordinal).notes[0].endswith("out of fold, in repeat 2.")
    assert make_case_table(explained).notes[0].endswith("out of fold, in the first repeat.")


def test_networks_without_slices_and_images_have_dashes(explained: Any) -> None:
    bare = [
        replace(
            network, cases=tuple(replace(c, slices=None, occlusion=None) for c in network.cases)
        )
        for network in explained.methods
    ]
    explained = replace(explained, methods=tuple(bare))
    assert make_slice_table(explained) is None
    texts = [cell.text for cell in make_method_table(explained).rows[0][1:6]]
    assert texts == ["–"] * 5
    assert [cell.text for cell in make_case_table(explained).rows[0][4:]] == ["–"] * 5
