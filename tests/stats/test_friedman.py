"""Ranks across cohorts, against what was published and against scipy."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from lnmbench.stats import friedman as cohorts
from lnmbench.stats.friedman import friedman_holm, least_pvalues
from lnmbench.stats.multiplicity import holm

# Rows of ranks made so that their means are those of García & Herrera's example (2008) of five
# classifiers on 30 data sets: C4.5 2.100, 1NN 3.250, naive Bayes 2.200, Kernel 4.333, CN2 3.117.
GARCIA = -np.repeat(
    [[1, 2, 3, 5, 4], [3, 5, 1, 4, 2], [5, 2, 4, 1, 3], [2, 3.5, 1, 5, 3.5]],
    [15, 12, 2, 1],
    axis=0,
)
TABLES = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).integers(0, 6, size=(2 + seed % 9, 3 + seed % 4))
)


def test_friedman_as_demsar_published_it(demsar: NDArray[np.float64]) -> None:
    across = friedman_holm(demsar)
    assert across.average_ranks.tolist() == pytest.approx([3.143, 2.000, 2.893, 1.964], abs=5e-4)
    # the paper's χ² of 9.28 is not corrected for ties: one of two, twice, one of three, one of four
    ties = 1 - (3 * (2**3 - 2) + (4**3 - 4)) / (14 * 4 * 15)
    assert across.statistic * ties == pytest.approx(9.28, abs=0.005)
    plain = across.statistic * ties
    assert 13 * plain / (14 * 3 - plain) == pytest.approx(3.69, abs=0.005)
    expected = stats.friedmanchisquare(*demsar.T)
    assert (across.statistic, across.pvalue) == pytest.approx((expected.statistic, expected.pvalue))
    assert (across.test, across.df, across.cohorts) == ("Friedman", 3, 14)


def test_iman_davenport_follows_from_chi_square(demsar: NDArray[np.float64]) -> None:
    across = friedman_holm(demsar)
    f = across.iman_davenport
    assert f is not None
    chi = across.statistic
    assert f.statistic == pytest.approx(13 * chi / (42 - chi))
    assert (f.df_between, f.df_within) == (3, 39)
    assert f.pvalue == pytest.approx(stats.f.sf(f.statistic, 3, 39))


def test_all_pairs_as_garcia_and_herrera_published_them() -> None:
    across = friedman_holm(GARCIA)
    published = {  # z and p
        (0, 3): (5.471, 4.487e-8),
        (2, 3): (5.226, 1.736e-7),
        (3, 4): (2.981, 0.0029),
        (0, 1): (2.817, 0.0048),
        (1, 3): (2.654, 0.0080),
        (1, 2): (2.572, 0.0101),
        (0, 4): (2.490, 0.0128),
        (2, 4): (2.245, 0.0247),
        (1, 4): (0.327, 0.744),
        (0, 2): (0.245, 0.8064),
    }
    result = {(pair.a, pair.b): pair for pair in across.pairs}
    assert set(result) == set(published)
    for pair, (z, p) in published.items():
        assert abs(result[pair].statistic) == pytest.approx(z, abs=1e-3)
        assert result[pair].pvalue == pytest.approx(p, rel=0.02)
    # Holm rejects five of ten at α = .05: .0080 < .05 / 6, but .0101 > .05 / 5
    rejected = {pair for pair, item in result.items() if item.holm < 0.05}
    assert rejected == {(0, 3), (2, 3), (3, 4), (0, 1), (1, 3)}


def test_sign_says_which_is_better() -> None:
    across = friedman_holm([[0.6, 0.8, 0.7], [0.5, 0.9, 0.6], [0.4, 0.7, 0.5]])
    assert across.average_ranks.tolist() == [3.0, 1.0, 2.0]
    first = across.pairs[0]
    assert (first.a, first.b, first.rank_difference) == (0, 1, 2.0)
    assert first.statistic > 0


def test_cohorts_that_all_agree_do_not_prove_anything_alone() -> None:
    across = friedman_holm([[0.6, 0.7, 0.8], [0.5, 0.6, 0.9]])
    f = across.iman_davenport
    assert f is not None
    assert (f.statistic, f.pvalue) == (math.inf, 0.0)
    assert across.statistic == pytest.approx(4.0)
    assert across.pvalue == pytest.approx(1 / 6)  # not exp(−χ²/2) = .135


def test_methods_that_always_tie_do_not_differ() -> None:
    across = friedman_holm(np.full((4, 3), 0.7))
    assert (across.statistic, across.pvalue) == (0.0, 1.0)
    assert across.average_ranks.tolist() == [2.0, 2.0, 2.0]
    assert {pair.holm for pair in across.pairs} == {1.0}
    assert friedman_holm(np.full((4, 2), 0.7)).pvalue == 1.0


@given(TABLES)
@settings(max_examples=10, deadline=None)
def test_only_the_order_within_a_cohort_counts(table: np.ndarray) -> None:
    across, moved = (
        friedman_holm(table),
        friedman_holm(np.exp(table) + np.arange(len(table))[:, None]),
    )
    assert moved.average_ranks.tolist() == across.average_ranks.tolist()
    assert moved.statistic == pytest.approx(across.statistic)
    assert across.average_ranks.sum() == pytest.approx(table.shape[1] * (table.shape[1] + 1) / 2)
    adjusted = holm([pair.pvalue for pair in across.pairs])
    assert [pair.holm for pair in across.pairs] == pytest.approx(adjusted.tolist())
    assert 0.0 <= across.pvalue <= 1.0


def enumerated(table: np.ndarray) -> tuple[float, list[float]]:
    """Friedman's p value and those of the pairs, by every order of the ranks in every cohort."""
    ranks = stats.rankdata(-table, axis=1)
    methods = range(ranks.shape[1])
    orders = [list(itertools.permutations(row)) for row in ranks]
    sums = np.array([np.sum(rows, axis=0) for rows in itertools.product(*orders)])
    observed = ranks.sum(axis=0)
    pairs = [
        float(np.mean(np.abs(sums[:, a] - sums[:, b]) >= abs(observed[a] - observed[b])))
        for a, b in itertools.combinations(methods, 2)
    ]
    return float(np.mean((sums**2).sum(axis=1) >= (observed**2).sum())), pairs


@pytest.mark.parametrize(("cohorts", "methods"), [(2, 3), (3, 3), (5, 3), (2, 4), (3, 4), (2, 5)])
@pytest.mark.parametrize("levels", [2, 4, 1000])
def test_few_cohorts_have_the_p_values_of_all_orders(
    cohorts: int, methods: int, levels: int
) -> None:
    rng = np.random.default_rng(cohorts * methods)
    table = rng.integers(0, levels, size=(cohorts, methods)) + np.arange(methods) * levels / 4
    across = friedman_holm(table)
    overall, pairs = enumerated(table)
    assert (across.source, across.pairs_source) == ("counted", "counted")
    assert across.pvalue == pytest.approx(overall)
    assert [pair.pvalue for pair in across.pairs] == pytest.approx(pairs)


def test_chi_square_is_not_taken_for_three_cohorts_with_ties() -> None:
    across = friedman_holm([[0.9, 0.5, 0.5]] * 3)
    assert stats.chi2.sf(across.statistic, 2) == pytest.approx(0.0498, abs=5e-5)
    assert across.pvalue == pytest.approx(1 / 9)


@pytest.mark.parametrize(
    ("table", "statistic", "published"),
    [
        # Friedman 1937, Table V, and every table of critical values since
        ([[1, 2, 3]] * 3, 6.0, 0.028),
        ([[1, 2, 3], [1, 2, 3], [1, 2, 3], [2, 1, 3]], 6.5, 0.042),
        ([[1, 2, 3]] * 4, 8.0, 0.0046),
    ],
)
def test_exact_p_values_are_the_published_ones(
    table: list[list[int]], statistic: float, published: float
) -> None:
    across = friedman_holm(table)
    assert across.statistic == pytest.approx(statistic)
    assert across.pvalue == pytest.approx(published, abs=5e-4)


def test_orders_are_drawn_where_they_are_too_many_to_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = np.random.default_rng(3).normal(size=(6, 3)) + np.array([0.0, 0.5, 1.0])
    counted = friedman_holm(table)
    monkeypatch.setattr(cohorts, "ORDERS", 1000)
    drawn, again = friedman_holm(table), friedman_holm(table)
    assert (counted.source, drawn.source, drawn.pairs_source) == ("counted", "drawn", "counted")
    assert drawn.pvalue == pytest.approx(counted.pvalue, abs=0.006)
    assert drawn.pvalue == again.pvalue


def test_many_cohorts_have_the_limits_p_values(demsar: NDArray[np.float64]) -> None:
    assert friedman_holm(demsar).source == friedman_holm(GARCIA).pairs_source == "limit"


@pytest.mark.parametrize(("cohorts", "methods"), [(2, 2), (4, 2), (2, 3), (4, 3), (3, 4), (2, 6)])
def test_the_least_p_values_are_those_of_cohorts_that_agree(cohorts: int, methods: int) -> None:
    across = friedman_holm(np.tile(np.arange(methods), (cohorts, 1)) / 10.0)
    least = across.pvalue, min(pair.pvalue for pair in across.pairs)
    assert least_pvalues(cohorts, methods) == pytest.approx(least)


def test_two_methods_are_compared_by_signed_ranks_as_demsar_published_it(
    demsar: NDArray[np.float64],
) -> None:
    # section 3.1.3: R+ = 93, R− = 12 for C4.5 against C4.5+m, zeros split evenly
    across = friedman_holm(demsar[:, :2])
    assert (across.test, across.statistic, across.df) == ("Wilcoxon signed ranks", 12.0, None)
    assert across.iman_davenport is None
    (pair,) = across.pairs
    assert across.pvalue == pair.pvalue == pair.holm < 0.05
    assert pair.rank_difference > 0
    assert math.isnan(pair.statistic)


def test_few_cohorts_that_agree_have_the_exact_p_value() -> None:
    table = [[0.70, 0.71], [0.60, 0.62], [0.80, 0.83], [0.50, 0.54]]
    assert friedman_holm(table).pvalue == pytest.approx(2 / 2**4)
    assert friedman_holm(table).source == "counted"


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
        friedman_holm(table)  # type: ignore[arg-type]
