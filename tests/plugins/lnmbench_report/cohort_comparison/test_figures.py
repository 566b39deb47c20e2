"""Figures across cohorts: differences in each, and mean ranks."""

from __future__ import annotations

import numpy as np
import pytest
from lnmbench_report.cohort_comparison.figures import draw_forest, draw_ranks
from lnmbench_report.cohort_comparison.scores import mean_scores, shared_methods

from lnmbench.records import Results
from lnmbench.stats import corrected_resampled_ttest


def test_the_forest_has_the_corrected_interval_of_each_cohort(cohorts: list[Results]) -> None:
    (figure,) = draw_forest(cohorts, ["auc"])
    assert figure.title == "In each cohort: resnet50 + pt against resnet50 (SYNTHETIC)"
    (panel,) = figure.panels
    assert len(panel.y.categories) == 3
    _, interval, points = panel.marks
    for row, results in enumerate(cohorts):
        method, reference, _ = results.method_results
        test = corrected_resampled_ttest(
            method.scores["auc"].values - reference.scores["auc"].values, test_train_ratio=0.25
        )
        assert points.x[row] == pytest.approx(test.estimate)
        assert interval.low is not None
        assert interval.high is not None
        assert (interval.low[row], interval.high[row]) == pytest.approx(
            (test.interval.low, test.interval.high)
        )


def test_ranks_are_sorted_and_have_half_the_critical_difference(cohorts: list[Results]) -> None:
    methods = shared_methods(cohorts)
    (figure,) = draw_ranks(cohorts, methods, ["auc", "brier"])
    for panel, metric, sign in zip(figure.panels, ("auc", "brier"), (-1.0, 1.0), strict=True):
        interval, points = panel.marks
        assert (np.diff(points.x) >= 0.0).all()
        assert points.x.sum() == pytest.approx(6.0)
        assert interval.low is not None
        assert interval.high is not None
        assert np.ptp(interval.high - interval.low) == pytest.approx(0.0)
        mean = mean_scores(cohorts, methods, metric)
        ranks = (np.argsort(np.argsort(sign * mean, axis=1), axis=1) + 1).mean(axis=0)
        by_label = dict(zip((m.label for m in methods), ranks, strict=True))
        assert [by_label[label] for label in panel.y.categories] == pytest.approx(points.x)
