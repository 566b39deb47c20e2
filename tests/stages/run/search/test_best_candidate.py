"""Selection of a candidate."""

from __future__ import annotations

import numpy as np

from lnmbench.records import Trial
from lnmbench.stages.run.search.best_candidate import mark_best


def test_of_equal_candidates_the_earlier_one_wins_whenever_it_was_tried() -> None:
    losses = {3: (0.5, 0.7), 1: (0.9, np.inf), 4: (0.9, 0.9), 2: (0.6, 0.6)}
    tried = [Trial(candidate=i, settings={}, losses=own) for i, own in losses.items()]
    found = mark_best(tried)
    assert [one.candidate for one in found] == [1, 2, 3, 4]
    assert [one.candidate for one in found if one.chosen] == [2]
