"""Ranking of the cases by each method."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import Results
from lnmbench.results import CaseRanking, for_outcome, rank_cases
from lnmbench.testing.sample_outcomes import sample_outcome_results
from lnmbench.testing.sample_results import CONTROL, LOGISTIC, SINGLE_TASK, sample_results


@pytest.fixture
def results() -> Results:
    return sample_results([(LOGISTIC, 1.0), (SINGLE_TASK, 0.5), (CONTROL, 0.0)])


def require_ranking(results: Results) -> CaseRanking:
    ranking = rank_cases(results)
    assert ranking is not None
    return ranking


def test_a_placement_is_the_share_of_the_other_label_on_the_right_side(results: Results) -> None:
    ranking = require_ranking(results)
    assert [r.method.label for r in ranking.methods] == [LOGISTIC.label, SINGLE_TASK.label]
    right = np.zeros((2, results.n))
    for row, result in enumerate(ranking.methods):
        assert result.predicted is not None
        for repeat, p in enumerate(result.predicted):
            for case in range(results.n):
                others = (results.outer[repeat] == results.outer[repeat, case]) & (
                    results.truth != results.truth[case]
                )
                sign = 1 if results.truth[case] else -1
                difference = sign * (p[case] - p[others])
                right[row, case] += ((difference > 0) + 0.5 * (difference == 0)).mean()
    right /= len(results.outer)
    assert ranking.placement == pytest.approx(right)
    expected = np.flatnonzero((right < 0.5).all(axis=0))
    order = expected[np.argsort(right[:, expected].mean(axis=0), kind="stable")]
    assert 0 < len(order) < results.n
    assert ranking.difficult() == order.tolist()
    predicted = ranking.methods[1].predicted
    assert predicted is not None
    assert ranking.prediction[1] == pytest.approx(predicted.mean(axis=0))
    assert {ranking.label(case) for case in np.flatnonzero(results.truth)} == {"positive"}


def test_a_case_without_the_other_label_in_its_folds_is_not_ranked(results: Results) -> None:
    outer = np.asarray(results.outer).copy()
    alone = np.flatnonzero(results.truth)[:2]
    outer[:, alone] = 9
    ranking = require_ranking(replace(results, outer=outer))
    assert np.flatnonzero(np.isnan(ranking.placement[0])).tolist() == alone.tolist()
    assert not set(ranking.difficult()) & set(alone)
    assert rank_cases(replace(results, outer=np.zeros_like(outer) + np.arange(results.n))) is None


def test_there_is_no_ranking_of_one_method_one_label_or_several_outcomes(results: Results) -> None:
    assert rank_cases(sample_results([(LOGISTIC, 1.0)])) is None
    assert rank_cases(replace(results, truth=np.empty(0))) is None
    assert rank_cases(replace(results, truth=np.ones(results.n))) is None
    outcomes = sample_outcome_results()
    assert rank_cases(outcomes) is None
    assert outcomes.outcomes is not None
    name = outcomes.outcomes.names[0]
    ranking = require_ranking(for_outcome(outcomes, name))
    assert len(ranking.methods) >= 2
