"""Encoders of planned networks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace

import pytest

from lnmbench import Cohort, UserError
from lnmbench.choices import parse
from lnmbench.records import Choice, NetworkMethod, Training, Weights
from lnmbench.registry import Registry
from lnmbench.stages.plan.encoders import (
    list_notices,
    refuse_heads,
    refuse_image_control,
    refuse_untrainable,
)


@pytest.mark.parametrize(
    ("encoder", "match"),
    [
        ("resnet18:train=layer5", "no stage 'layer5'.*expected none, all, to_rgb, stem.*layer4"),
        ("resnet18:train=pool", "no parameters to train from stage pool.*layer4"),
        ("none:train=all", "level none"),
        ("r3d_18:train=all", "level volume"),
    ],
)
def test_what_cannot_be_trained_is_one_line(encoder: str, match: str) -> None:
    name, _, train = encoder.partition(":train=")
    registry = Registry()
    own = {} if name == "none" else {"weights": "random"}
    choice = Choice(name=name, parameters={**own, "train": train})
    with pytest.raises(UserError, match=match):
        refuse_untrainable(registry.encoders.build(choice), choice, Training())


@pytest.mark.parametrize(("train", "refused"), [("none", True), ("layer4", True), ("stem", False)])
def test_augmenting_frozen_images_needs_views(train: str, refused: bool) -> None:
    choice = Choice(name="resnet18", parameters={"weights": "random", "train": train})
    encoder = Registry().encoders.build(choice)
    expected = pytest.raises(UserError, match="views: expected at least 2") if refused else None
    with expected or nullcontext():
        refuse_untrainable(encoder, choice, Training(augment="flip", views=1))


def test_heads_must_divide_the_features_only_with_layers() -> None:
    choice = Choice(name="resnet18", parameters={"weights": "random"})
    encoder = Registry().encoders.build(choice)
    refuse_heads(encoder, choice, Training(token_dim=None, heads=7, layers=0))
    with pytest.raises(UserError, match=r"keeps the 512 features.*a multiple of heads \(7\)"):
        refuse_heads(encoder, choice, Training(token_dim=None, heads=7, layers=1))


def test_notices_name_the_weights_and_the_trained_stages() -> None:
    frozen = NetworkMethod(
        label="net",
        encoder=Choice(name="resnet18", parameters={"train": "none"}),
        level="slice",
        weights=Weights(source="random", note="random weights"),
    )
    trained = replace(
        frozen,
        encoder=Choice(name="resnet18", parameters={"train": "layer4"}),
        weights=Weights(source="imagenet"),
        training=Training(encoder_learning_rate=2e-4),
    )
    weights, fine_tuning = list_notices([trained, frozen])
    assert weights == "resnet18: random weights"
    assert fine_tuning.startswith("resnet18: trained from layer4 at a learning rate of 0.0002")


def test_auxiliary_tasks_without_images_are_said_to_be_of_no_use_in_one_line() -> None:
    plain = NetworkMethod(
        label="clinical network",
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
    )
    assert list_notices([plain]) == []
    tasks = [replace(plain, aux=(Choice(name="pt", parameters={"shuffled": k}),)) for k in (0, 1)]
    (notice,) = list_notices([plain, *tasks])
    assert "a task can hardly help" in notice
    assert list_notices([replace(tasks[0], level="slice")]) == []


@pytest.mark.parametrize(
    ("encoder", "match"),
    [
        ("none:control=noise", "encoder none has no images for control=noise"),
        ("resnet18:weights=random,control_seed=2", "control_seed.* has no effect without control"),
        ("resnet18:weights=random,control_seed=-1", "control_seed.*a seed of 0 or more, got -1"),
        ("resnet18:weights=random,control=other_patient", "no other patient for control=other"),
        ("resnet18:control=shuffled", "wrong value for control.*none | shuffled_roi"),
    ],
)
def test_an_impossible_image_control_is_one_line(
    encoder: str, match: str, make_cohort: Callable[..., Cohort]
) -> None:
    cohort = make_cohort(8)
    cohort = replace(
        cohort, ids=("a",) * 8, columns=[c for c in cohort.columns if c.role != "patient"]
    )
    with pytest.raises(UserError, match=match):
        _refuse_control(encoder, cohort)


def _refuse_control(encoder: str, cohort: Cohort) -> None:
    selection = Registry().encoders.select(parse(encoder))
    refuse_image_control(selection.build(), selection.bound, cohort)
