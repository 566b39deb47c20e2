"""The settings with which a network is trained."""

from __future__ import annotations

from lnmbench.records import Training
from lnmbench.records.training import describe_training


def test_a_search_tries_the_own_pooling_first_and_each_once() -> None:
    assert Training(pooling="max").poolings == ("max",)
    training = Training(pooling="max", search_pooling="mean + attention+max")
    assert training.poolings == ("max", "mean", "attention")


def test_settings_at_later_defaults_are_left_out_of_a_description() -> None:
    described = describe_training(Training())
    assert described["dropout"] == Training().dropout
    assert "pooling" not in described
    assert describe_training(Training(pooling="max"))["pooling"] == "max"
