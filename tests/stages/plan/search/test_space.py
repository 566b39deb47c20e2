"""Search space of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lnmbench import UserError
from lnmbench.records import Choice, NetworkMethod, Training
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import make_candidates

MakeNetwork = Callable[..., NetworkMethod]

QUICK = Training(max_epochs=6, patience=6)
IMAGES = Choice(name="resnet18", parameters={"train": "none"})
TASK = Choice(name="sex", parameters={"smooth": 0.0})


def planted(mode: str, offers: str) -> Choice:
    return Choice(name="planted", parameters={"mode": mode, "offers": offers})


def names(method: NetworkMethod, registry: Registry) -> set[str]:
    return set(make_candidates(method, 0, registry)[0].settings)


def test_a_network_searches_what_acts_in_it(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    always = {"learning_rate", "weight_decay", "feature_penalty"}
    slices = {"encoder": IMAGES, "level": "slice"}
    trained = Choice(name="resnet18", parameters={"train": "layer4"})
    assert names(make_network(), planted_registry) == always
    assert names(make_network(TASK), planted_registry) == always | {"aux_weight", "sex.smooth"}
    assert names(make_network(**slices), planted_registry) == always | {"token_dim"}
    literal = replace(QUICK, token_dim=None, layers=2)
    searched = names(make_network(**slices, training=literal), planted_registry)
    assert searched == always | {"dropout"}
    tuned = names(make_network(**{**slices, "encoder": trained}), planted_registry)
    assert tuned == always | {"token_dim", "encoder_learning_rate"}


def test_a_plugin_that_offers_values_it_does_not_accept_is_refused(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    nowhere = replace(planted("deaf", ""), name="nowhere")
    with pytest.raises(UserError, match="unknown parameter 'temperature' of weighting nowhere"):
        make_candidates(make_network(TASK, weighting=nowhere), 0, planted_registry)
    with pytest.raises(UserError, match="wrong value for mode.*deaf | plain"):
        make_candidates(make_network(TASK, weighting=planted("deaf", "loud")), 0, planted_registry)
