from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lnmbench.records import Results
from lnmbench.results import calibrate
from lnmbench.stats.recalibration import calibration
from lnmbench.testing.sample_results import sample_results


@pytest.fixture(scope="module")
def results() -> Results:
    return sample_results()


def test_a_method_is_calibrated_once_on_each_of_its_repeats(results: Results) -> None:
    result = results.method_results[0]
    assert result.predicted is not None
    fit = calibrate(results, result)
    assert fit == calibration(results.truth, result.predicted)
    copied = replace(result, predicted=result.predicted.copy())
    assert calibrate(replace(results, truth=results.truth.copy()), copied) is fit
    averaged = calibration(results.truth, result.predicted.mean(axis=0))
    assert fit is not None
    assert fit.slope < averaged.slope


def test_cases_of_a_patient_are_resampled_together(results: Results) -> None:
    paired = replace(results, patients=np.arange(results.n) // 2)
    result = results.method_results[0]
    assert result.predicted is not None
    expected = calibration(results.truth, result.predicted, patients=paired.patients)
    assert calibrate(paired, result) == expected


def test_scores_and_labels_of_one_class_have_no_calibration(results: Results) -> None:
    result = results.method_results[0]
    assert result.predicted is not None
    assert calibrate(results, replace(result, predicted=3.0 * result.predicted)) is None
    assert calibrate(results, replace(result, predicted=np.full((4, 200), np.nan))) is None
    assert calibrate(results, replace(result, predicted=None)) is None
    one_class = replace(results, truth=np.ones(results.n))
    assert calibrate(one_class, result) is None
