from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm006_pretraining_leakage import PretrainingLeakage
from lnmbench_checks.lnm016_undeclared_weights import UndeclaredWeights

from lnmbench.records import BaselineMethod, Choice, MethodResult, NetworkMethod, Results

MakeNetwork = Callable[..., MethodResult]


@pytest.mark.parametrize("data", ["cohort", "imagenet+Cohort", "radiogenomics"])
def test_an_encoder_pretrained_on_the_cohort_is_reported(
    data: str, cohort_run: Results, image_network: MakeNetwork, clinical_network: MethodResult
) -> None:
    leaked = image_network(source="file:a.pt", pretrained_on=data)
    run = replace(cohort_run, method_results=(clinical_network, leaked))
    assert PretrainingLeakage()(run) == f"resnet18: pretrained on {data}"


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("", "resnet18: pretrained on lung3, radiogenomics (public CT)"),
        ("more", "resnet18: pretrained on more; lung3, radiogenomics (public CT)"),
    ],
)
def test_training_data_that_a_plugin_declares_are_reported(
    cohort_run: Results, image_network: MakeNetwork, parameter: str, expected: str
) -> None:
    result = image_network(source="file:a.pt", pretrained_on=parameter)
    assert isinstance(result.method, NetworkMethod)
    weights = replace(result.method.weights, pretrained_on="lung3, radiogenomics (public CT)")
    leaked = replace(result, method=replace(result.method, weights=weights))
    assert PretrainingLeakage()(replace(cohort_run, method_results=(leaked,))) == expected
    assert UndeclaredWeights()(replace(cohort_run, method_results=(leaked,))) == ""
    other = replace(cohort_run, method_results=(leaked,), cohort="tcga:cancer=luad")
    assert PretrainingLeakage()(other) == ""


def test_the_encoder_of_a_baseline_is_reported(
    cohort_run: Results, image_network: MakeNetwork
) -> None:
    result = image_network(source="file:a.pt", pretrained_on="cohort")
    assert isinstance(result.method, NetworkMethod)
    pooled = BaselineMethod(
        label="pooled",
        baseline=Choice(name="pooled"),
        network=replace(result.method, label="pooled"),
    )
    run = replace(cohort_run, method_results=(replace(result, method=pooled),))
    assert PretrainingLeakage()(run) == "pooled: pretrained on cohort"


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
