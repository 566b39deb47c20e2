from __future__ import annotations

from dataclasses import replace

import pytest
from lnmbench_checks.lnm021_missing_images import MissingImages

from lnmbench.records import ImageCounts, Profile, Results


def check(run: Results, *counts: int) -> str | None:
    """The check of cases and positive ones, with images and then without."""
    with_images, positives, without, positives_without = counts
    images = ImageCounts(
        with_images=with_images,
        positives_with_images=positives,
        without_images=without,
        positives_without_images=positives_without,
    )
    return MissingImages()(replace(run, profile=Profile(images=images)))


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((60, 12, 20, 4), ""),
        ((60, 12, 20, 8), ""),  # p = .13
        (
            (60, 12, 20, 10),
            "20 of 80 cases have no images: 50 % of them are positive, 20 % of the others (Fisher's"
            " exact test, p = .02)",
        ),
        (
            (60, 30, 20, 0),
            "20 of 80 cases have no images: 0 % of them are positive, 50 % of the others (Fisher's"
            " exact test, p < .001)",
        ),
    ],
)
def test_a_class_that_lacks_images_more_often_is_reported(
    cohort_run: Results, counts: tuple[int, ...], message: str
) -> None:
    assert check(cohort_run, *counts) == message


def test_a_selected_cohort_is_reported_too(cohort_run: Results) -> None:
    images = ImageCounts(
        with_images=60,
        positives_with_images=12,
        without_images=20,
        positives_without_images=10,
        left_out=True,
    )
    message = MissingImages()(replace(cohort_run, profile=Profile(images=images)))
    assert message is not None
    assert message.startswith("20 of 80 cases have no images and are left out: 50 % of them are")


def test_the_check_needs_cases_without_images(cohort_run: Results) -> None:
    assert MissingImages()(replace(cohort_run, profile=Profile())) is None
    assert MissingImages()(replace(cohort_run, profile=None)) is None
