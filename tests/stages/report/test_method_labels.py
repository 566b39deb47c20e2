"""Labels that tell methods apart, and the order in which methods are listed."""

from __future__ import annotations

from dataclasses import replace

from lnmbench.records import BaselineMethod, Choice, NetworkMethod, Training, Weights
from lnmbench.stages.report.method_labels import (
    listing_order,
    make_labels_unique,
    strip_suffix,
)

BASELINE = BaselineMethod(label="logistic", baseline=Choice(name="logistic"))
NETWORK = NetworkMethod(
    label="net",
    encoder=Choice(name="resnet50"),
    level="slice",
    weights=Weights(source="random"),
)


def test_methods_of_one_label_name_the_settings_in_which_they_differ() -> None:
    narrow, wide = Training(token_dim=32), Training(token_dim=None)
    methods = [
        replace(NETWORK, training=narrow),
        replace(NETWORK, training=wide),
        replace(NETWORK, label="other", training=wide),
    ]
    assert [m.label for m in make_labels_unique(methods)] == [
        "net [token_dim=32]",
        "net [token_dim=none]",
        "other",
    ]
    equal = [replace(NETWORK, training=wide, plugins={"p": v}) for v in "12"]
    assert [m.label for m in make_labels_unique(equal)] == [
        f"net [{m.fingerprint[:6]}]" for m in equal
    ]


def test_a_suffix_can_be_removed_again() -> None:
    methods = [replace(NETWORK, plugins={"p": version}) for version in "12"]
    assert [strip_suffix(m) for m in make_labels_unique(methods)] == methods
    assert strip_suffix(NETWORK) == NETWORK


def test_baselines_are_listed_first_then_networks_by_their_tasks() -> None:
    task, control = Choice(name="pt"), Choice(name="pt", parameters={"shuffled": 1})
    methods = [
        replace(NETWORK, aux=(control,)),
        replace(NETWORK, aux=(task,)),
        NETWORK,
        BASELINE,
    ]
    assert sorted(methods, key=listing_order) == [BASELINE, NETWORK, methods[1], methods[0]]


def test_labels_that_look_alike_are_one_label() -> None:
    methods = [
        replace(NETWORK, label=label, plugins={"p": label})
        for label in ("net", "n\u200bet", "net ")
    ]
    labels = [method.label for method in make_labels_unique(methods)]
    assert len(set(labels)) == 3
    assert all(label.startswith("net [") for label in labels)
