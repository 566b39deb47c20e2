from __future__ import annotations

from dataclasses import replace

from lnmbench_checks.lnm002_duplicate_images import DuplicateImages
from lnmbench_checks.lnm017_similar_images import SimilarImages

from lnmbench.records import ImagePair, Profile, Results


def test_nearly_equal_images_are_reported_by_pair(cohort_run: Results) -> None:
    pairs = tuple(ImagePair(case_a=3, case_b=10 + k, similarity=0.9951) for k in range(5))
    run = replace(cohort_run, profile=Profile(near_duplicates=pairs))
    message = SimilarImages()(run) or ""
    assert "cases 3 and 10" in message
    assert "correlation .995)" in message
    assert "and 2 more" in message
    assert DuplicateImages()(run) == ""


def test_without_images_the_check_does_not_apply(cohort_run: Results) -> None:
    assert SimilarImages()(replace(cohort_run, profile=Profile(near_duplicates=()))) == ""
    assert SimilarImages()(replace(cohort_run, profile=Profile(near_duplicates=None))) is None
