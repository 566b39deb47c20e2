"""Groups of candidates that share a stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lnmbench import UserError
from lnmbench.records import Choice, NetworkMethod, Training
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import make_candidates
from lnmbench.stages.plan.search.groups import group_candidates, search_groups

MakeNetwork = Callable[..., NetworkMethod]

QUICK = Training(max_epochs=6, patience=6)
IMAGES = Choice(name="resnet18", parameters={"train": "none"})
TASK = Choice(name="sex", parameters={"smooth": 0.0})


def test_settings_that_can_share_a_stack_do(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    clinical = make_network(tune=8)
    assert len(search_groups(clinical, 0, planted_registry)) == 1
    images = make_network(TASK, tune=20, encoder=IMAGES, level="slice")
    found = group_candidates(images, make_candidates(images, 0, planted_registry))
    seen = {(group.method.training.token_dim, *map(str, group.method.aux)) for group in found}
    assert len(found) == len(seen) == 4  # the given one, and three widths with smooth=0.1
    assert sum(len(group.candidates) for group in found) == 20


def test_each_pooling_has_a_stack_of_its_own(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    training = replace(QUICK, token_dim=None, search_pooling="attention+max")
    images = make_network(encoder=IMAGES, level="slice", training=training, tune=7)
    groups = search_groups(images, 0, planted_registry)
    assert groups[0].method.training.pooling == "mean"
    assert {group.method.training.pooling for group in groups} == {"mean", "attention", "max"}
    assert len(groups) == 3
    for group in groups:
        poolings = {candidate.settings["pooling"] for candidate in group.candidates}
        assert poolings == {group.method.training.pooling}


def test_an_encoder_that_is_trained_gets_the_rate_that_is_written_down(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    trained = Choice(name="resnet18", parameters={"train": "layer4"})
    method = make_network(encoder=trained, level="slice", tune=4)
    for group in search_groups(method, 0, planted_registry):
        (candidate,) = group.candidates
        pace = group.method.training.encoder_learning_rate / group.method.training.learning_rate
        rate = pace * candidate.settings["learning_rate"]
        assert rate == pytest.approx(candidate.settings["encoder_learning_rate"])


def test_a_search_that_makes_two_tasks_the_same_is_refused(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    smoother = replace(TASK, parameters={"smooth": 0.5})
    with pytest.raises(UserError, match=r"two aux tasks of a network the same.*leave out --tune"):
        search_groups(make_network(TASK, smoother), 0, planted_registry)
