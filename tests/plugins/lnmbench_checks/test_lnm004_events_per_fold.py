from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_checks.lnm004_events_per_fold import EventsPerFold

from lnmbench.records import Results
from lnmbench.testing import sample_outcome_results


@pytest.mark.parametrize(("positives", "fires"), [(8, True), (9, False), (60 - 8, True)])
def test_three_events_per_fold_are_enough(positives: int, fires: bool, cohort_run: Results) -> None:
    assert bool(EventsPerFold()(replace(cohort_run, positives=positives))) is fires


def test_each_outcome_of_a_target_needs_events() -> None:
    results = sample_outcome_results()  # 50, 25 and 5 positive cases in five folds
    message = EventsPerFold()(results)
    assert message == "high: 5 cases of the rarer class, 1.0 per test fold"
