"""Power of a question in a new cohort, from results."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from lnmbench.errors import PluginError
from lnmbench.records import Results
from lnmbench.results import (
    aux_questions,
    control_questions,
    deciding_alpha,
    detectable_in_new_cohort,
    power_in_new_cohort,
    question_effects,
)
from lnmbench.testing.sample_results import sample_results


@pytest.fixture(scope="module")
def results() -> Results:
    return sample_results()


def test_the_threshold_is_that_of_the_smallest_p_of_the_family(results: Results) -> None:
    assert deciding_alpha(results, "family") == 0.05 / 2, "one question in AUC and AP"
    assert deciding_alpha(results, "control") == 0.05


def test_the_error_of_no_difference_is_that_of_the_corrected_test(results: Results) -> None:
    (question,) = aux_questions(results)
    cohort = power_in_new_cohort(results, question, "auc")
    assert cohort is not None
    method, reference = (results.method_results[i].scores["auc"].values for i in (0, 1))
    error = np.std(method - reference, ddof=1) * math.sqrt(1 / 20 + 1 / 4)
    assert cohort.error(0.0) == pytest.approx(error)
    assert cohort.df == 19
    # of 5 folds, the corrected test enlarges the variance between cases by 1/4 repeats + 5/4
    assert 0.0 < cohort.share <= 1 / 4 + 5 / 4


def test_a_lower_threshold_requires_a_greater_difference(results: Results) -> None:
    (question,), (control,) = aux_questions(results), control_questions(results)
    effects = question_effects(results, question)
    sizes = [detectable_in_new_cohort(results, question, effect) for effect in effects]
    single = [
        detectable_in_new_cohort(results, question, replace(effect, role="control"))
        for effect in effects
    ]
    assert all(a > b > 0.0 for a, b in zip(sizes, single, strict=True))
    assert all(a > effect.detectable for a, effect in zip(sizes, effects, strict=True))
    assert detectable_in_new_cohort(results, control, question_effects(results, control)[0]) > 0.0


def test_a_metric_that_cannot_be_computed_on_new_cohorts_has_no_power() -> None:
    def fail(truth: object, predicted: object) -> float:
        raise PluginError("metric auc: fault")

    results = sample_results()
    (question,) = aux_questions(results)
    broken = replace(results, metric_functions={"auc": fail})
    assert power_in_new_cohort(broken, question, "auc") is None
    assert math.isnan(
        detectable_in_new_cohort(broken, question, question_effects(broken, question)[0])
    )
    thresholded = sample_results(primary=("sensitivity",))
    (question,) = aux_questions(thresholded)
    assert power_in_new_cohort(thresholded, question, "sensitivity") is None
