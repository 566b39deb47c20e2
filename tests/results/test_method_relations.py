"""Relations of two methods: references and controls of a network."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import Choice
from lnmbench.results import (
    differ_only_in_tasks,
    has_aux_effect,
    is_control_of,
    is_image_control_of,
    is_reference_of,
)
from lnmbench.testing.sample_results import (
    CONTROL,
    LOGISTIC,
    MULTI_TASK,
    SAMPLE_METHODS,
    SINGLE_TASK,
    sample_network,
)


def test_a_reference_is_the_network_without_its_tasks() -> None:
    for other in (
        sample_network("b", encoder="resnet18"),
        sample_network("b", learning_rate=1e-2),
        LOGISTIC,
    ):
        assert not is_reference_of(other, MULTI_TASK)
        assert not differ_only_in_tasks(other, MULTI_TASK)
    assert is_reference_of(SINGLE_TASK, MULTI_TASK)
    assert is_reference_of(replace(SINGLE_TASK, weighting=None), MULTI_TASK)
    assert not is_reference_of(SINGLE_TASK, SINGLE_TASK)
    assert differ_only_in_tasks(SINGLE_TASK, MULTI_TASK)


def test_a_control_has_the_network_and_the_tasks_of_its_method() -> None:
    shuffled = Choice(name="pt", parameters={"shuffled": 1})
    for control in (
        sample_network("a", shuffled, encoder="resnet18"),
        sample_network("b", Choice(name="size", parameters={"shuffled": 1})),
        sample_network("c", Choice(name="pt", parameters={"shuffled": 1, "edition": "7"})),
    ):
        assert not is_control_of(control, MULTI_TASK)
    assert is_control_of(CONTROL, MULTI_TASK)
    assert not is_control_of(MULTI_TASK, CONTROL)
    assert [has_aux_effect(m) for m, _ in SAMPLE_METHODS] == [True, False, False, False]


def test_an_image_control_is_the_network_with_changed_images() -> None:
    parameters = {"control": "noise", "control_seed": 2}
    noise = replace(SINGLE_TASK, encoder=replace(SINGLE_TASK.encoder, parameters=parameters))
    assert is_image_control_of(noise, SINGLE_TASK)
    assert not is_image_control_of(noise, MULTI_TASK)
    assert not is_image_control_of(SINGLE_TASK, noise)
