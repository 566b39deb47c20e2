"""Settings that the user named in vain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.config import read_benchmark
from lnmbench.records import Choice, NetworkMethod, Training, Weights
from lnmbench.stages.plan.ineffective_settings import notice_ineffective_settings

IMAGES = NetworkMethod(
    label="resnet18",
    encoder=Choice(name="resnet18", parameters={"train": "none"}),
    level="slice",
    weights=Weights(source="random"),
)
IMAGES_IN_FLOAT32 = replace(IMAGES, training=Training(precision="float32"))
CLINICAL = replace(IMAGES, encoder=Choice(name="none"), level="none")
FINE_TUNED = replace(IMAGES, encoder=Choice(name="resnet18", parameters={"train": "layer4"}))
START = "settings without effect in this run: "


def notices(options: dict[str, object], *networks: NetworkMethod) -> list[str]:
    """Return the notices for networks with the training settings among the options."""
    benchmark = read_benchmark(None, options)  # type: ignore[arg-type]
    trained = [
        network if network is IMAGES_IN_FLOAT32 else replace(network, training=benchmark.training)
        for network in networks
    ]
    return notice_ineffective_settings(benchmark, trained, trained)


@pytest.mark.parametrize(
    ("training", "network", "text"),
    [
        ({"dropout": 0.3, "heads": 2}, IMAGES, "dropout, heads (layers=0)"),
        ({"dropout": 0.1}, IMAGES, "dropout (layers=0)"),  # a default that is named
        (
            {"projection": "trained", "token_dim": None},
            IMAGES,
            "projection (token_dim=none)",
        ),
        ({"views": 2}, IMAGES, "views (augment=none)"),
        ({"search_pooling": "max"}, IMAGES, "search_pooling (no --tune)"),
        ({"search_epochs": 3}, CLINICAL, "search_epochs (no --tune)"),
        (
            {"search_pooling": "max"},
            replace(IMAGES, level="volume", tune=4),
            "search_pooling (a volume is one token)",
        ),
        ({"batch_norm": "batch"}, IMAGES, "batch_norm (no encoder stage is trained)"),
        (
            {"precision": "bfloat16_trained"},
            IMAGES_IN_FLOAT32,
            "precision (no encoder stage is trained)",
        ),
        ({"precision": "bfloat16"}, IMAGES_IN_FLOAT32, "precision (no images to encode)"),
        ({"precision": "float32"}, CLINICAL, "precision (no images)"),
        (
            {"views": 2, "heads": 2, "compile": True},
            IMAGES,
            "views (augment=none); heads (layers=0); compile (no encoder stage is trained)",
        ),
        ({"layers": 2, "dropout": 0.3}, CLINICAL, "layers, dropout (no images)"),
        (
            {"schedule": "constant", "max_epochs": 3},
            IMAGES,
            "schedule (training ends with the warm-up: max_epochs=3, warmup_epochs=3)",
        ),
    ],
)
def test_a_named_setting_without_effect_is_noticed(
    training: dict[str, object], network: NetworkMethod, text: str
) -> None:
    assert notices({"training": training}, network) == [START + text]


@pytest.mark.parametrize(
    ("training", "network"),
    [
        ({}, CLINICAL),
        ({"layers": 1, "dropout": 0.3, "heads": 2}, IMAGES),
        ({"projection": "trained", "augment": "flip", "views": 2}, IMAGES),
        ({"encoder_learning_rate": 1e-3, "batch_norm": "batch"}, FINE_TUNED),
        ({"schedule": "constant", "max_epochs": 5}, IMAGES),
        ({"precision": "bfloat16"}, IMAGES),
        ({"feature_penalty": 30.0, "image_features": 4, "warmup_epochs": 0}, CLINICAL),
    ],
)
def test_settings_with_an_effect_and_defaults_are_not_noticed(
    training: dict[str, object], network: NetworkMethod
) -> None:
    assert notices({"training": training}, network) == []


def test_the_precision_affects_features_of_a_baseline() -> None:
    benchmark = read_benchmark(None, {"training": {"precision": "bfloat16"}})
    pooled = replace(IMAGES, training=Training(precision="bfloat16"))
    assert notice_ineffective_settings(benchmark, [], [pooled]) == []
    text = f"{START}precision (no method is a network)"
    assert notice_ineffective_settings(benchmark, [], [IMAGES_IN_FLOAT32]) == [text]


def test_a_setting_counts_if_it_affects_one_of_the_networks() -> None:
    options: dict[str, object] = {"training": {"projection": "trained", "heads": 2}}
    assert notices(options, CLINICAL, IMAGES) == [f"{START}heads (no images or layers=0)"]


def test_options_of_networks_and_tasks_are_noticed_too() -> None:
    weighting: dict[str, object] = {"weighting": "fixed:aux=1"}
    assert notices(weighting, IMAGES) == [f"{START}weighting (no auxiliary task)"]
    with_task = replace(IMAGES, aux=(Choice(name="pt"),))
    assert notices(weighting, IMAGES, with_task) == []
    tuned: dict[str, object] = {"tune": 4, "training": {"patience": 3}}
    assert notices(tuned) == [f"{START}tune, patience (no method is a network)"]
    assert notices({}) == []
    assert notices({"window": (-500.0, 300.0)}, CLINICAL) == [f"{START}window (no images)"]
