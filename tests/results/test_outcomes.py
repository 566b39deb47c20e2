"""Results of one outcome, against scikit-learn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from lnmbench.records import PluginFault, Results
from lnmbench.results import binary_results, for_outcome, outcome_names, prediction_changes
from lnmbench.testing import sample_outcome_results, sample_results
from lnmbench.testing.sample_results import MULTI_TASK


@pytest.fixture(scope="module")
def several() -> Results:
    return sample_outcome_results()


def test_an_outcome_has_the_results_of_a_binary_target(several: Results) -> None:
    assert several.outcomes is not None
    high = for_outcome(several, "high")
    known = ~np.isnan(several.outcomes.values[:, 2])
    assert (high.n, high.positives) == (known.sum(), 5)
    assert high.primary_metrics == ("auc", "ap")
    assert (high.outcomes, high.pair_comparisons) == (None, ())
    for result, whole in zip(high.method_results, several.method_results, strict=True):
        assert whole.outcome_predictions is not None
        np.testing.assert_array_equal(result.predicted, whole.outcome_predictions[:, known, 2])
        expected = [
            roc_auc_score(high.truth[fold], result.predicted[repeat][fold])
            for repeat in range(4)
            for number in range(5)
            if len(set(high.truth[fold := high.outer[repeat] == number])) == 2
        ]
        observed = result.scores["auc"].values.ravel()
        assert observed[~np.isnan(observed)] == pytest.approx(expected)
        assert result.summary["auc"].value == pytest.approx(np.mean(expected))
    with pytest.raises(ValueError, match="no outcome 'other'"):
        for_outcome(several, "other")


def test_outcomes_with_most_events_come_first(several: Results) -> None:
    assert outcome_names(several) == ("low", "middle", "high")
    assert list(binary_results(several)) == ["low", "middle", "high"]
    binary = sample_results()
    assert outcome_names(binary) == ()
    assert binary_results(binary)[""] is binary


def test_a_metric_that_failed_is_left_out(several: Results) -> None:
    fault = PluginFault(role="metric", name="auc", message="it failed")
    low = for_outcome(replace(several, faults=(fault,)), "low")
    assert low.primary_metrics == ("ap",)
    assert all("auc" not in result.summary for result in low.method_results)


def test_changes_of_predictions_are_averaged_over_outcomes(several: Results) -> None:
    change = prediction_changes(several)[MULTI_TASK.fingerprint]
    after, before = (
        np.moveaxis(result.outcome_predictions, 2, 1).reshape(12, 200)
        for result in several.method_results[:2]
    )
    correlations = [np.corrcoef(a, b)[0, 1] for a, b in zip(after, before, strict=True)]
    assert change.correlation == pytest.approx(np.mean(correlations))
    assert change.mean_absolute == pytest.approx(np.abs(after - before).mean())
