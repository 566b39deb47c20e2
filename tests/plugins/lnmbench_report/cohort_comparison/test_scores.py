"""Scores and differences of the methods that cohorts share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from lnmbench_report.cohort_comparison.scores import (
    any_synthetic_suffix,
    cohort_label,
    comparable_metrics,
    fold_differences,
    mean_scores,
    metric_sign,
    shared_methods,
    shared_questions,
)

from lnmbench.records import Results


def test_only_methods_that_every_cohort_has_finished_are_shared(cohorts: list[Results]) -> None:
    first, second, _ = cohorts
    methods = [result.method for result in first.method_results]
    assert shared_methods(cohorts) == methods
    assert len(shared_questions(cohorts)) == 1
    unfinished = replace(
        second,
        method_results=(
            replace(second.method_results[0], units_done=1),
            *second.method_results[1:],
        ),
    )
    assert shared_methods([first, unfinished]) == methods[1:]
    assert shared_questions([first, unfinished]) == []


def test_scores_are_the_means_and_differences_those_of_the_folds(cohorts: list[Results]) -> None:
    methods = shared_methods(cohorts)
    scores = mean_scores(cohorts, methods, "auc")
    assert scores.shape == (3, 3)
    differences = fold_differences(cohorts, methods[0], methods[1], "auc")
    assert [d.shape for d in differences] == [(4, 5)] * 3
    np.testing.assert_allclose([d.mean() for d in differences], scores[:, 0] - scores[:, 1])
    assert (metric_sign(cohorts[0], "auc"), metric_sign(cohorts[0], "brier")) == (1.0, -1.0)
    assert comparable_metrics(cohorts) == ["auc", "ap"]


def test_cohorts_of_one_name_are_distinguished_by_fingerprint(cohorts: list[Results]) -> None:
    assert [cohort_label(results) for results in cohorts] == [
        f"synthetic:n=200 {seed}12345" for seed in range(3)
    ]
    assert any_synthetic_suffix(cohorts) == " (SYNTHETIC)"
    real = [replace(r, card=replace(r.card, synthetic=False)) for r in cohorts]
    assert any_synthetic_suffix(real) == ""
    assert any_synthetic_suffix([real[0], cohorts[1]]) == " (SYNTHETIC)"
