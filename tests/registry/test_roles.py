from __future__ import annotations

from collections.abc import Callable

import pytest

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry

Write = Callable[[str, str], str]


def test_a_file_is_a_plugin_like_any_other(write: Write, metric_plugin: str) -> None:
    registry = Registry([write("mine", metric_plugin % "accuracy")])
    assert registry.problems == []
    offer = registry.metrics.offer("accuracy")
    assert (offer.plugin.name, offer.summary) == (
        "mine",
        "Share of cases on the right side of one half.",
    )
    assert registry.metrics.build(Choice(name="accuracy")).title == "Accuracy"


def test_a_factory_that_raises_is_one_line(write: Write, metric_plugin: str) -> None:
    text = metric_plugin % "accuracy" + "\nAccuracy.__init__ = lambda self: 1 / 0\n"
    registry = Registry([write("mine", text)])
    with pytest.raises(UserError, match="metric accuracy of plugin mine cannot be built .*ZeroDiv"):
        registry.metrics.build(Choice(name="accuracy"))


def test_a_name_offered_twice_is_refused_with_both_places(write: Write, metric_plugin: str) -> None:
    registry = Registry([write("mine", metric_plugin % "auc")])
    with pytest.raises(
        UserError, match=r"lnmbench_metrics \(lnmbench_metrics\) and mine \(.*mine.py"
    ):
        registry.metrics.offer("auc")


def test_an_object_that_breaks_its_contract_is_refused(write: Write, metric_plugin: str) -> None:
    text = metric_plugin.replace("title, greater_is_better", "title, more") % "accuracy"
    registry = Registry([write("mine", text)])
    with pytest.raises(UserError, match="expected a Metric with .* without greater_is_better"):
        registry.metrics.build(Choice(name="accuracy"))


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UserError, match="unknown encoder 'resnet5'; did you mean resnet50"):
        Registry().encoders.offer("resnet5")


def test_an_object_may_have_the_members_of_an_alternative_contract(write: Write) -> None:
    text = """
from lnmbench import hookimpl

class Reader:
    def predict_cases(self, cohort, find_case): ...

class Neither:
    def estimator(self, columns): ...

@hookimpl
def register_baselines():
    return {"reader": Reader, "neither": Neither}
"""
    baselines = Registry([write("mine", text)]).baselines
    assert baselines.build(Choice(name="reader")).fixed is not None
    with pytest.raises(UserError, match="a Baseline with .* without candidates"):
        baselines.build(Choice(name="neither"))
