"""Critical differences, against what was published."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lnmbench.stats.nemenyi import critical_difference

TABLES = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(0, 6, size=(2 + seed % 9, 3 + seed % 4))
)


@pytest.mark.parametrize(
    ("methods", "alpha", "quantile"),
    [
        # Demšar 2006, Table 5 (a)
        *[(2, 0.05, 1.960), (3, 0.05, 2.343), (4, 0.05, 2.569), (5, 0.05, 2.728)],
        *[(10, 0.05, 3.164), (2, 0.10, 1.645), (4, 0.10, 2.291), (10, 0.10, 2.920)],
    ],
)
def test_quantiles_are_the_published_ones(methods: int, alpha: float, quantile: float) -> None:
    table = np.random.default_rng(0).normal(size=(7, methods))
    drawn = critical_difference(table, alpha)
    assert drawn.quantile == pytest.approx(quantile, abs=1e-3)
    assert drawn.critical == pytest.approx(drawn.quantile * math.sqrt(methods * (methods + 1) / 42))


def test_critical_difference_as_demsar_published_it(demsar: NDArray[np.float64]) -> None:
    drawn = critical_difference(demsar)
    assert drawn.critical == pytest.approx(1.25, abs=0.005)
    assert drawn.order == (3, 1, 2, 0)
    assert drawn.groups == ((3, 1, 2, 0),)  # largest gap 1.18
    assert critical_difference(demsar, 0.10).critical == pytest.approx(1.12, abs=0.005)


@given(TABLES, st.sampled_from([0.01, 0.05, 0.5, 0.9]))
@settings(max_examples=40, deadline=None)
def test_two_methods_share_a_group_where_their_ranks_are_near(
    table: np.ndarray, alpha: float
) -> None:
    drawn = critical_difference(table, alpha)
    ranks = drawn.average_ranks
    assert [ranks[method] for method in drawn.order] == sorted(ranks)
    for a in range(ranks.size):
        for b in range(a):
            near = abs(ranks[a] - ranks[b]) < drawn.critical
            assert near == any({a, b} <= set(group) for group in drawn.groups)
    for group in drawn.groups:
        assert not any(set(group) < set(other) for other in drawn.groups)


def test_groups_overlap_and_leave_out_single_methods() -> None:
    rng = np.random.default_rng(1)
    table = rng.normal(size=(400, 4)) * 0.1 + [0.0, 1.0, 1.01, 3.0]
    drawn = critical_difference(table)
    assert drawn.order[0] == 3
    assert [set(group) for group in drawn.groups] == [{1, 2}]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[0.1, 0.2, 0.3]], "at least 2 cohorts"),
        ([[0.1], [0.2]], "at least 2 cohorts"),
        ([0.1, 0.2], "at least 2 cohorts"),
        ([[0.1, 0.2, math.nan], [0.1, 0.2, 0.3]], "table: 1 of 6 values"),
    ],
)
def test_what_is_no_table_is_refused(table: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        critical_difference(table)  # type: ignore[arg-type]


@pytest.mark.parametrize("alpha", [0.0, 1.0, 5.0])
def test_impossible_alpha_is_refused(alpha: float, demsar: NDArray[np.float64]) -> None:
    with pytest.raises(ValueError, match="alpha"):
        critical_difference(demsar, alpha)
