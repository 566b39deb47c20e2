"""Profiles of cohorts."""

from __future__ import annotations

import math

from lnmbench.records import Profile, Summary, Variable


def test_an_unknown_separation_is_nan_and_images_may_be_absent() -> None:
    summary = Summary(known=0, missing=3)
    variable = Variable(
        name="age",
        role="feature",
        kind="continuous",
        known="before",
        everyone=summary,
        negative=summary,
        positive=summary,
    )
    assert math.isnan(variable.separation)
    assert Profile(variables=(variable,)).near_duplicates is None
