from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm006_pretraining_leakage import PretrainingLeakage

from lnmbench.records import MethodResult, Results

MakeNetwork = Callable[..., MethodResult]


@pytest.mark.parametrize("data", ["cohort", "imagenet+Cohort", "radiogenomics"])
def test_an_encoder_pretrained_on_the_cohort_is_reported(
    data: str, cohort_run: Results, image_network: MakeNetwork, clinical_network: MethodResult
) -> None:
    leaked = image_network(source="file:a.pt", pretrained_on=data)
    run = replace(cohort_run, method_results=(clinical_network, leaked))
    assert PretrainingLeakage()(run) == f"resnet18: pretrained on {data}"


def test_undeclared_weights_cannot_be_assessed(
    cohort_run: Results, image_network: MakeNetwork, clinical_network: MethodResult
) -> None:
    undeclared = image_network(source="file:a.pt", pretrained_on="")
    imagenet = image_network(source="imagenet")
    leaked = image_network(source="file:b.pt", pretrained_on="cohort")

    def message(*method_results: MethodResult) -> str | None:
        return PretrainingLeakage()(replace(cohort_run, method_results=method_results))

    assert message(undeclared) is None
    assert message(imagenet, clinical_network) == ""
    assert message(imagenet, undeclared) is None, "one of the encoders cannot be assessed"
    assert message(leaked, undeclared) == "resnet18: pretrained on cohort"


def test_without_images_the_check_does_not_apply(
    cohort_run: Results, clinical_network: MethodResult
) -> None:
    assert PretrainingLeakage()(replace(cohort_run, method_results=(clinical_network,))) is None
