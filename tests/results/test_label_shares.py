"""Shares of labels: which networks ask the question, and which are points of a curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lnmbench.records import Choice, Method, MethodResult, Results
from lnmbench.results import (
    aux_questions,
    control_questions,
    label_share_questions,
    label_shares,
    other_questions,
)
from lnmbench.results.label_shares import has_fewer_labels
from lnmbench.testing.sample_results import LOGISTIC, SINGLE_TASK, empty_results, sample_network


def make_results(methods: Sequence[Method]) -> Results:
    entries = tuple(MethodResult(method=m, units_done=20, units_all=20) for m in methods)
    return replace(empty_results(), method_results=entries)


def keep(label: str, **shares: float | None) -> Method:
    """Return a network whose tasks train with some shares of their labels."""
    choices = [
        Choice(name=task, parameters={} if share is None else {"keep": share, "keep_seed": 3})
        for task, share in shares.items()
    ]
    return sample_network(label, *choices)


QUARTER, HALF, FULL = keep("quarter", pt=0.25), keep("half", pt=0.5), keep("full", pt=None)


def test_the_network_with_the_most_labels_asks_the_question() -> None:
    results = make_results([HALF, QUARTER, SINGLE_TASK, FULL, LOGISTIC])
    assert [question.method for question in aux_questions(results)] == [FULL]
    assert [question.method for question in other_questions(results)] == [FULL]
    (curve,) = label_share_questions(results)
    assert [question.method for question in curve] == [QUARTER, HALF, FULL]
    assert {question.reference.label for question in curve} == {"resnet50"}
    without = make_results([QUARTER, HALF, SINGLE_TASK])
    assert [question.method for question in aux_questions(without)] == [HALF]
    alone = make_results([QUARTER, SINGLE_TASK])
    assert [question.method for question in aux_questions(alone)] == [QUARTER]
    assert label_share_questions(alone) == []


def test_other_tasks_settings_and_weights_are_no_curve() -> None:
    size, weighed = keep("size", size=None), sample_network("w", Choice(name="pt"))
    others = [size, replace(weighed, weighting=Choice(name="equal")), keep("both", pt=1, size=1)]
    assert not has_fewer_labels(QUARTER, [QUARTER, *others])
    assert has_fewer_labels(QUARTER, [QUARTER, *others, FULL])


def test_tasks_of_several_shares_are_compared_one_by_one() -> None:
    less, more = keep("less", pt=0.5, size=0.1), keep("more", pt=0.5, size=0.4)
    crossed = keep("crossed", pt=0.4, size=0.2)
    assert label_shares(less) == (0.5, 0.1)
    methods = [less, more, crossed]
    assert [has_fewer_labels(method, methods) for method in methods] == [True, False, True]
    assert not has_fewer_labels(crossed, [crossed, less])


def test_controls_of_a_share_are_summarized_by_the_curve() -> None:
    controls = [
        sample_network(label, Choice(name="pt", parameters={**parameters, "shuffled": 1}))
        for label, parameters in (("c full", {}), ("c quarter", {"keep": 0.25, "keep_seed": 3}))
    ]
    results = make_results([QUARTER, FULL, SINGLE_TASK, *controls])
    assert [q.reference.label for q in control_questions(results)] == ["c full"]
    assert [question.method for question in aux_questions(results)] == [FULL]
