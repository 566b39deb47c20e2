"""Groups of the controls of one network."""

from __future__ import annotations

from lnmbench.records import Choice, NetworkMethod
from lnmbench.results import (
    LISTED_CONTROLS,
    group_controls,
    summarized_controls,
    summarized_groups,
    summary_label,
)
from lnmbench.testing.sample_results import MULTI_TASK, SINGLE_TASK, sample_network


def make_controls(task: str, count: int) -> list[NetworkMethod]:
    return [
        sample_network(f"{task} {seed}", Choice(name=task, parameters={"shuffled": seed}))
        for seed in range(1, 1 + count)
    ]


def test_controls_of_the_same_tasks_are_one_group() -> None:
    pt, size = make_controls("pt", 2), make_controls("size", 1)
    assert group_controls([SINGLE_TASK, pt[0], *size, MULTI_TASK, pt[1]]) == [pt, size]


def test_a_large_set_of_controls_is_summarized_under_the_label_of_its_first() -> None:
    few, many = make_controls("size", LISTED_CONTROLS), make_controls("pt", LISTED_CONTROLS + 1)
    methods = [MULTI_TASK, *few, *many]
    assert summarized_groups(methods) == [many]
    assert summarized_controls(methods) == {control.fingerprint for control in many}
    assert summary_label(many) == f"pt 1 and {LISTED_CONTROLS} more controls"
