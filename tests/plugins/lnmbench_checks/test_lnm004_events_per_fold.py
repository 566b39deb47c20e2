from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_checks.lnm004_events_per_fold import EventsPerFold

from lnmbench.records import Results


@pytest.mark.parametrize(("positives", "fires"), [(8, True), (9, False), (60 - 8, True)])
def test_three_events_per_fold_are_enough(positives: int, fires: bool, cohort_run: Results) -> None:
    assert bool(EventsPerFold()(replace(cohort_run, positives=positives))) is fires
