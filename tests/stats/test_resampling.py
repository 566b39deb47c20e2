from __future__ import annotations

import numpy as np
import pytest

from lnmbench.stats.resampling import draw_resamples, number_patients, score_resamples

CLASSES = np.repeat([0, 1], (30, 10)).astype(np.intp)


def test_resamples_keep_the_number_of_cases_of_each_class() -> None:
    times = draw_resamples(CLASSES.tobytes(), 500, 1)
    assert set(times[:, :30].sum(axis=1)) == {30}
    assert set(times[:, 30:].sum(axis=1)) == {10}
    # a case is drawn as often as a binomial of 10 draws with probability 1/10
    assert abs(times[:, 30:].mean() - 1.0) < 1e-12
    assert abs(times[:, 30:].var() - 0.9) < 0.05


def test_a_statistic_scores_the_repeated_cases() -> None:
    score = np.random.default_rng(0).normal(size=40) + CLASSES
    times = draw_resamples(CLASSES.tobytes(), 5, 2)
    expected = [np.repeat(score, row).mean() for row in times.astype(int)]
    means = score_resamples(lambda weights: weights @ score / weights.sum(axis=1), times)
    assert means.tolist() == pytest.approx(expected)


def test_patients_are_numbered_and_by_default_each_case_is_one() -> None:
    assert number_patients([7, 3, 7], 3).tolist() == [1, 0, 1]
    for nobody in (None, []):
        assert number_patients(nobody, 3).tolist() == [0, 1, 2]
    with pytest.raises(ValueError, match=r"patients: expected the shape \(3,\)"):
        number_patients([1, 2], 3)
