"""The sample results that authors of sections and checks use."""

from __future__ import annotations

import numpy as np
import pytest

from lnmbench import testing
from lnmbench.registry import Registry
from lnmbench.stages.report import build_blocks


def test_sample_results_are_the_same_at_every_call_and_make_a_report() -> None:
    first, second = testing.sample_results(), testing.sample_results()
    for one, other in zip(first.method_results, second.method_results, strict=True):
        assert one.summary == other.summary
        np.testing.assert_array_equal(one.predicted, other.predicted)
    assert first.pair_comparisons == second.pair_comparisons
    keys = [block.key for block in build_blocks(first, Registry())]
    assert {"answer", "performance", "comparisons", "checks", "calibration", "cite"} <= set(keys)


def test_signal_size_and_finished_units_are_as_asked() -> None:
    (method, _), *_ = testing.SAMPLE_METHODS
    results = testing.sample_results([(method, 3.0)], n=80, units_done={method.label: 4})
    (result,) = results.method_results
    assert (results.n, results.positives) == (80, 20)
    assert (result.units_done, result.complete) == (4, False)
    strong, weak = (
        testing.sample_results([(method, strength)]).method_results[0].summary["auc"].value
        for strength in (3.0, 0.0)
    )
    assert strong > 0.95
    assert weak == pytest.approx(0.5, abs=0.1)


def test_empty_results_have_no_method() -> None:
    results = testing.empty_results()
    assert results.method_results == ()
    assert not results.card.synthetic
