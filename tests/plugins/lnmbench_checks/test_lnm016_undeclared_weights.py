from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from lnmbench_checks.lnm016_undeclared_weights import UndeclaredWeights

from lnmbench.records import MethodResult, Results

MakeNetwork = Callable[..., MethodResult]


def test_weights_of_a_file_need_declared_training_data(
    cohort_run: Results, image_network: MakeNetwork
) -> None:
    undeclared = image_network(source="file:a.pt", pretrained_on="")
    message = UndeclaredWeights()(replace(cohort_run, method_results=(undeclared,)))
    assert message == "resnet18: file:a.pt"


@pytest.mark.parametrize("data", ["cohort", "imagenet+Cohort", "radiogenomics", "other CT"])
def test_declared_training_data_pass(
    data: str, cohort_run: Results, image_network: MakeNetwork, clinical_network: MethodResult
) -> None:
    declared = image_network(source="file:a.pt", pretrained_on=data)
    run = replace(cohort_run, method_results=(clinical_network, declared))
    assert UndeclaredWeights()(run) == ""


@pytest.mark.parametrize("source", ["imagenet", "kinetics", "random:0"])
def test_weights_of_known_origin_pass(
    source: str, cohort_run: Results, image_network: MakeNetwork
) -> None:
    run = replace(cohort_run, method_results=(image_network(source=source),))
    assert UndeclaredWeights()(run) == ""


def test_without_images_the_check_does_not_apply(
    cohort_run: Results, clinical_network: MethodResult
) -> None:
    assert UndeclaredWeights()(replace(cohort_run, method_results=(clinical_network,))) is None
