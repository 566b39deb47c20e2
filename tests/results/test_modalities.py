"""Methods that differ in their modalities alone."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import (
    BaselineMethod,
    Choice,
    Method,
    NetworkMethod,
    Profile,
    Results,
    Summary,
    Variable,
    Weights,
    choose_modalities,
)
from lnmbench.results import all_questions, modality_groups, modality_names
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SINGLE_TASK,
    sample_results,
)

NOTHING = Summary(known=0, missing=0)
VARIABLES = tuple(
    Variable(
        name=modality,
        role="feature",
        kind="continuous",
        known="before",
        everyone=NOTHING,
        negative=NOTHING,
        positive=NOTHING,
        modality=modality,
    )
    for modality in ("clinical", "cfdna")
)


def with_modalities(method: Method, *names: str) -> Method:
    label = f"{method.label} on {'+'.join(names)}"
    if isinstance(method, BaselineMethod):
        return replace(method, label=label, baseline=choose_modalities(method.baseline, names))
    return replace(method, label=label, encoder=choose_modalities(method.encoder, names))


def without_images(method: NetworkMethod, label: str) -> NetworkMethod:
    return replace(
        method,
        label=label,
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
    )


def make_results(*methods: Method) -> Results:
    results = sample_results([(method, 1.0) for method in methods])
    return replace(results, profile=Profile(variables=VARIABLES))


def test_modalities_of_a_method_are_those_of_its_features_and_its_images() -> None:
    results = make_results(SINGLE_TASK)
    assert modality_names(results, SINGLE_TASK) == ("image", "clinical", "cfdna")
    assert modality_names(results, with_modalities(SINGLE_TASK)) == ("image",)
    assert modality_names(results, with_modalities(LOGISTIC, "cfdna")) == ("cfdna",)
    assert modality_names(results, without_images(SINGLE_TASK, "x")) == ("clinical", "cfdna")


def test_groups_have_the_methods_that_differ_in_modalities_alone() -> None:
    table = without_images(SINGLE_TASK, "network without images")
    blood = with_modalities(LOGISTIC, "cfdna")
    image = with_modalities(SINGLE_TASK)
    results = make_results(image, SINGLE_TASK, MULTI_TASK, CONTROL, table, blood, LOGISTIC)
    groups = [[method.label for method in group.methods] for group in modality_groups(results)]
    assert groups == [
        [SINGLE_TASK.label, table.label, image.label],
        [LOGISTIC.label, blood.label],
    ]
    assert modality_groups(make_results(SINGLE_TASK, MULTI_TASK, LOGISTIC)) == []


def test_networks_are_compared_with_baselines_of_the_same_features() -> None:
    blood, network = with_modalities(LOGISTIC, "cfdna"), with_modalities(SINGLE_TASK, "cfdna")
    results = make_results(SINGLE_TASK, network, LOGISTIC, blood)
    pairs = [(q.method.label, q.reference.label) for q in all_questions(results)]
    assert pairs == [(SINGLE_TASK.label, LOGISTIC.label), (network.label, blood.label)]
    alone = make_results(network, LOGISTIC)
    assert [q.reference.label for q in all_questions(alone)] == [LOGISTIC.label]
