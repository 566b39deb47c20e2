from __future__ import annotations

from lnmbench_baselines.margins import NEIGHBORS, knn, svm


def test_candidates_start_with_the_strongest_regularization() -> None:
    assert [each["neighbors"] for each in knn().candidates()] == sorted(NEIGHBORS, reverse=True)
    assert svm().candidates()[0] == {"kernel": "linear", "C": 0.01}
    assert {each["kernel"] for each in svm().candidates()} == {"linear", "rbf"}
    assert svm(folds=3).estimator(())[-1].folds == 3
