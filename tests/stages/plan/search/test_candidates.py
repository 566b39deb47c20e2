"""Candidate settings of a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lnmbench.records import Choice, NetworkMethod, Training
from lnmbench.registry import Registry
from lnmbench.stages.plan.search.candidates import make_candidates
from lnmbench.stages.plan.search.space import SPACE

MakeNetwork = Callable[..., NetworkMethod]

QUICK = Training(max_epochs=6, patience=6)
IMAGES = Choice(name="resnet18", parameters={"train": "none"})
TASK = Choice(name="sex", parameters={"smooth": 0.0})


def test_the_first_candidate_is_what_was_given_and_the_others_are_in_range(
    make_network: MakeNetwork,
    planted_registry: Registry,
) -> None:
    method = make_network(
        encoder=IMAGES, level="slice", tune=40, training=replace(QUICK, heads=32, layers=1)
    )
    first, *others = make_candidates(method, 0, planted_registry)
    assert dict(first.settings) == {
        "learning_rate": QUICK.learning_rate,
        "weight_decay": QUICK.weight_decay,
        "feature_penalty": QUICK.feature_penalty,
        "dropout": QUICK.dropout,
        "token_dim": QUICK.token_dim,
    }
    assert [candidate.number for candidate in others] == list(range(2, 41))
    ranges = {dimension.name: dimension for dimension in SPACE}
    for name in ("learning_rate", "weight_decay", "feature_penalty", "dropout"):
        values = np.array([candidate.settings[name] for candidate in others])
        low, high = ranges[name].low, ranges[name].high
        assert ((values >= low) & (values <= high)).all()
        middle = np.sqrt(low * high) if ranges[name].log else (low + high) / 2
        assert 15 <= (values < middle).sum() <= 24, f"{name} is not spread evenly"
    assert {candidate.settings["token_dim"] for candidate in others} == {32, 64, 128}
    of_64_heads = replace(method, training=replace(QUICK, heads=64, layers=1))
    widths = {c.settings["token_dim"] for c in make_candidates(of_64_heads, 0, planted_registry)}
    assert widths == {64, 128}


def test_each_pooling_is_tried_and_changes_no_other_setting(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    searched = replace(QUICK, pooling="max", search_pooling="mean+attention+max")
    images = make_network(TASK, encoder=IMAGES, level="slice", tune=9)
    usual = make_candidates(images, 3, planted_registry)
    candidates = make_candidates(replace(images, training=searched), 3, planted_registry)
    poolings = [candidate.settings["pooling"] for candidate in candidates]
    assert poolings[0] == "max"
    assert set(poolings[:3]) == {"max", "mean", "attention"}
    assert sorted(poolings.count(name) for name in set(poolings)) == [3, 3, 3]
    for one, other in zip(usual, candidates, strict=True):
        assert dict(one.settings) == {k: v for k, v in other.settings.items() if k != "pooling"}
    shorter = replace(images, training=searched, tune=3)
    assert make_candidates(shorter, 3, planted_registry) == candidates[:3]
    for level in ("volume", "none"):
        other_level = replace(images, training=searched, level=level)
        assert "pooling" not in make_candidates(other_level, 3, planted_registry)[1].settings


def test_arms_are_compared_over_the_same_settings(
    make_network: MakeNetwork, planted_registry: Registry
) -> None:
    alone = make_candidates(make_network(tune=8), 5, planted_registry)
    beside = make_candidates(make_network(TASK, tune=8), 5, planted_registry)
    images = make_candidates(
        make_network(TASK, tune=8, encoder=IMAGES, level="slice"), 5, planted_registry
    )
    for a, b, c in zip(alone, beside, images, strict=True):
        assert a.settings.items() <= b.settings.items() <= c.settings.items()
    other_seed = make_candidates(make_network(tune=8), 6, planted_registry)
    assert other_seed[0] == alone[0]
    assert other_seed[1:] != alone[1:]
    longer = make_candidates(make_network(tune=12), 5, planted_registry)
    assert longer[:8] == alone
