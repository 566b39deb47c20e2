"""Options of auxiliary tasks."""

from __future__ import annotations

import pytest

from lnmbench import UserError
from lnmbench.records import Choice
from lnmbench.registry import Registry
from lnmbench.stages.plan.task_options import read_task_options

REGISTRY = Registry()


def choice(**parameters: object) -> Choice:
    return REGISTRY.aux_tasks.bind(Choice(name="pt", parameters=parameters))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"keep": 0.0}, "share of the labels, above 0 and at most 1, got 0"),
        ({"keep": 1.5}, "at most 1, got 1.5"),
        ({"keep": -1}, "got -1"),
        ({"weight": 0.0}, "above 0, got 0; leave out the task"),
        ({"weight": -2.0}, "factor above 0, got -2"),
        ({"shuffled": -1}, "wrong value for shuffled .aux task pt.: expected a seed of 0 or more"),
        ({"keep_seed": -1}, "wrong value for keep_seed"),
        ({"keep_seed": 2}, "keep_seed of aux task pt has no effect without keep"),
    ],
)
def test_options_out_of_range_are_refused(parameters: dict[str, float], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_task_options(choice(**parameters))


def test_options_at_their_default_change_no_label() -> None:
    assert not read_task_options(choice()).changes_labels
    assert read_task_options(choice(keep=0.5)).changes_labels
    assert read_task_options(choice(shuffled=1)).changes_labels
