"""Profiles of cohorts."""

from __future__ import annotations

from lnmbench.records import Profile, Summary, Variable


def test_signs_and_images_may_be_absent() -> None:
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
    assert variable.signs is None
    assert Profile(variables=(variable,)).near_duplicates is None
