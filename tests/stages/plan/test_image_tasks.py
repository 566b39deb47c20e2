"""Refusals of auxiliary tasks for whose images a network has no encoder."""

from __future__ import annotations

from typing import cast

import pytest

from lnmbench import UserError
from lnmbench.contracts import AuxTask, Encoder
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.plan.image_tasks import refuse_image_task
from lnmbench.testing import sample_cohort

COHORT = sample_cohort()
REGISTRY = Registry()


def refuse(task: str, encoder: str, **parameters: object) -> None:
    choice = REGISTRY.encoders.bind(Choice(name=encoder, parameters=parameters))
    built: AuxTask = REGISTRY.aux_tasks.build(REGISTRY.aux_tasks.bind(Choice(name=task)))
    refuse_image_task(task, built, REGISTRY.encoders.build(choice), choice, COHORT)


def test_tasks_that_learn_from_slices_need_an_encoder_of_slices() -> None:
    refuse("volume", "none")
    with pytest.raises(UserError, match="task rotation learns from slices.*none has no images"):
        refuse("rotation", "none")
    pytest.importorskip("torchvision")
    with pytest.raises(UserError, match="encodes whole volumes"):
        refuse("reconstruct", "r3d_18", weights="random")


def test_places_and_turned_slices_need_a_frozen_encoder() -> None:
    pytest.importorskip("torchvision")
    refuse("reconstruct", "resnet18", weights="random", train="layer4")
    refuse("segment", "resnet18", weights="random")
    for task, images in (("rotation", "rotations"), ("segment", "places")):
        message = f"{task} learns from {images}, which are encoded once.*got train=layer4"
        with pytest.raises(UserError, match=message):
            refuse(task, "resnet18", weights="random", train="layer4")


def test_places_need_feature_maps() -> None:
    pytest.importorskip("torchvision")
    with pytest.raises(UserError, match="encoder vit_b_32, for aux task segment"):
        refuse("segment", "vit_b_32", weights="random")


def test_tasks_with_labels_are_not_refused() -> None:
    refuse("pt", "none")
    assert cast("Encoder", REGISTRY.encoders.build(Choice(name="none"))).level == "none"
