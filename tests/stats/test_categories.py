"""Shares of events in categories, rare ones together."""

from __future__ import annotations

import numpy as np

from lnmbench.stats.categories import shares
from lnmbench.stats.discrimination import auc


def test_each_case_has_the_share_of_its_category() -> None:
    categories = np.repeat([0.0, 1.0], [5, 10])
    y = np.r_[1, 0, 0, 0, 0, np.ones(9), 0].astype(float)
    assert shares(categories, y).tolist() == [0.2] * 5 + [0.9] * 10


def test_rare_categories_are_one_and_do_not_tell_their_own_event() -> None:
    random = np.random.default_rng(0)
    y = (random.random(60) < 0.4).astype(float)
    assert len(set(shares(np.arange(60.0), y))) == 1
    few = np.arange(60.0) // 2
    assert auc(y, shares(few, y)) == 0.5
    assert auc(y, shares(few, y, rare=1)) > 0.8
