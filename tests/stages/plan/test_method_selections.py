"""Selection of the methods of a benchmark."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.config import read_benchmark
from lnmbench.registry import Registry
from lnmbench.stages.plan.method_selections import MethodSelections, select_methods

REGISTRY = Registry()


def select(**options: object) -> MethodSelections:
    return select_methods(read_benchmark(None, options), REGISTRY)


def names(selections: MethodSelections) -> tuple[list[str], list[list[str]], list[str]]:
    return (
        [encoder.bound.name for encoder in selections.encoders],
        [[task.bound.name for task in tasks] for tasks in selections.aux],
        [baseline.bound.name for baseline in selections.baselines],
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, (["resnet50"], [["pt"], []], ["logistic"])),
        ({"aux": "none"}, (["resnet50"], [[]], ["logistic"])),
        ({"encoder": "none", "only": True}, (["none"], [[]], [])),
        ({"aux": ("pt", "pt:shuffled=1"), "only": True}, (["resnet50"], [["pt"], ["pt"]], [])),
        ({"baseline": "logistic", "only": True}, ([], [], ["logistic"])),
    ],
)
def test_references_are_added_unless_only_the_named_methods_are_wanted(
    options: dict[str, object], expected: tuple[list[str], list[list[str]], list[str]]
) -> None:
    assert names(select(**options)) == expected


def test_choices_are_bound_to_all_their_parameters() -> None:
    (encoder,) = select(encoder="resnet50").encoders
    assert str(encoder.written) == "resnet50"
    assert encoder.bound.parameters["train"] == "none"


def test_a_benchmark_without_a_method_is_refused() -> None:
    with pytest.raises(UserError, match="names no method"):
        select(only=True)
