"""Keys of linear probes: those of the frozen features, not of what is trained on them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lnmbench.records import Choice, NetworkMethod, Training, Weights, probe_key

NETWORK = NetworkMethod(
    label="net",
    encoder=Choice(name="resnet50", parameters={"train": "none"}),
    level="slice",
    weights=Weights(source="imagenet", sha256="ab"),
)


@pytest.mark.parametrize(
    "other",
    [
        replace(NETWORK, label="other", aux=(Choice(name="pt"),)),
        replace(NETWORK, training=Training(max_epochs=3)),
        replace(NETWORK, encoder=Choice(name="resnet50", parameters={"train": "layer4"})),
        replace(NETWORK, weights=replace(NETWORK.weights, note="a note")),
    ],
)
def test_networks_on_the_same_features_share_a_key(other: NetworkMethod) -> None:
    assert probe_key(other) == probe_key(NETWORK)


@pytest.mark.parametrize(
    "other",
    [
        replace(NETWORK, encoder=Choice(name="resnet18", parameters={"train": "none"})),
        replace(NETWORK, encoder=Choice(name="resnet50", parameters={"pool": "max"})),
        replace(NETWORK, weights=Weights(source="imagenet", sha256="cd")),
        replace(NETWORK, weights=Weights(source="random")),
        replace(NETWORK, window_hu=(-160.0, 240.0)),
    ],
)
def test_other_features_have_another_key(other: NetworkMethod) -> None:
    assert probe_key(other) != probe_key(NETWORK)
