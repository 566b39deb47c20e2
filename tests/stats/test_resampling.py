from __future__ import annotations

import numpy as np
from sklearn.metrics import roc_auc_score

from lnmbench.stats.resampling import draw_resamples, score_resamples

CLASSES = np.repeat([0, 1], (30, 10)).astype(np.intp)


def test_resamples_keep_the_number_of_cases_of_each_class() -> None:
    times = draw_resamples(CLASSES.tobytes(), 500, 1)
    assert set(times[:, :30].sum(axis=1)) == {30}
    assert set(times[:, 30:].sum(axis=1)) == {10}
    # a case is drawn as often as a binomial of 10 draws with probability 1/10
    assert abs(times[:, 30:].mean() - 1.0) < 1e-12
    assert abs(times[:, 30:].var() - 0.9) < 0.05


def test_a_metric_without_weights_scores_the_repeated_cases() -> None:
    score = np.random.default_rng(0).normal(size=40) + CLASSES
    times = draw_resamples(CLASSES.tobytes(), 5, 2)
    expected = [
        roc_auc_score(np.repeat(CLASSES, row), np.repeat(score, row)) for row in times.astype(int)
    ]
    assert score_resamples(roc_auc_score, CLASSES, score, times).tolist() == expected
