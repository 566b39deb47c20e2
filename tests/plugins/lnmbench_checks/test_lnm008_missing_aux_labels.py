from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from lnmbench_checks.lnm008_missing_aux_labels import MissingAuxLabels

from lnmbench.records import ImageCounts, MethodResult, Profile, Results

MakeLabels = Callable[..., dict[str, Any]]


def test_labels_that_most_cases_lack_are_reported(
    cohort_run: Results, aux_labels: MakeLabels
) -> None:
    values = np.where(np.arange(60) < 29, 1.0, np.nan)
    message = MissingAuxLabels()(replace(cohort_run, **aux_labels(values)))
    assert message == "pt:shuffled=0: 29 of 60 cases have a label"
    values[29] = 0.0
    assert MissingAuxLabels()(replace(cohort_run, **aux_labels(values))) == ""


def test_labels_that_are_left_out_on_purpose_count(
    cohort_run: Results, aux_labels: MakeLabels
) -> None:
    fields = aux_labels(np.arange(60) % 3.0)
    few = {task: replace(labels, known=6) for task, labels in fields["aux_labels"].items()}
    assert MissingAuxLabels()(replace(cohort_run, **{**fields, "aux_labels": few})) == ""


def test_labels_of_masked_cases_count_for_networks_without_images_alone(
    cohort_run: Results, aux_labels: MakeLabels
) -> None:
    fields = aux_labels(np.where(np.arange(60) < 40, 1.0, np.nan))
    images = ImageCounts(
        with_images=49,
        positives_with_images=9,
        without_images=11,
        positives_without_images=1,
        masked=tuple(range(11)),
    )
    run = replace(cohort_run, **fields, profile=Profile(images=images))
    message = "pt:shuffled=0: 29 of 60 cases have a label and images"
    assert MissingAuxLabels()(run) == message
    fewer = replace(images, masked=tuple(range(10)))
    assert MissingAuxLabels()(replace(run, profile=Profile(images=fewer))) == ""
    (result,) = run.method_results
    clinical = replace(result, method=replace(result.method, level="none"))
    assert MissingAuxLabels()(replace(run, method_results=(clinical,))) == ""


def test_without_tasks_and_for_controls_the_check_does_not_apply(
    cohort_run: Results, aux_labels: MakeLabels, image_network: Callable[..., MethodResult]
) -> None:
    control = aux_labels(cohort_run.truth, "binary", shuffled=1)
    assert MissingAuxLabels()(replace(cohort_run, **control)) is None
    assert MissingAuxLabels()(replace(cohort_run, method_results=(image_network(),))) is None
