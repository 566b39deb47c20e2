"""Inputs of the networks of a chunk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lnmbench import Cohort
from lnmbench.records import Choice, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import build_tasks
from lnmbench.stages.run.network_inputs import label_inputs, select_slices


def test_labels_are_those_of_the_plan_and_a_control_shares_the_head_of_its_task(
    make_cohort: Callable[..., Cohort],
    plan: Plan,
    make_network: Callable[..., NetworkMethod],
    planted_registry: Registry,
) -> None:
    choices = [Choice(name="sex", parameters={"smooth": 0.0, "shuffled": seed}) for seed in (0, 1)]
    cohort = make_cohort(40)
    task, control = (
        label_inputs(make_network(choice), build_tasks([choice], planted_registry), plan, cohort)
        for choice in choices
    )
    assert task.target.tolist() == plan.truth.tolist()
    assert task.aux[0].targets.tolist() == cohort.values["sex"][:30].tolist()
    assert control.aux[0].targets.tolist() != task.aux[0].targets.tolist()
    assert (task.aux[0].head, control.aux[0].head) == ("sex:smooth=0.0", "sex:smooth=0.0")
    assert control.aux[0].name == str(choices[1])


def test_slices_that_follow_each_other_are_not_copied() -> None:
    features = np.arange(60, dtype=np.float32).reshape(2, 10, 3)
    for rows in (np.arange(10), np.arange(3, 7), np.array([4]), np.array([5, 3, 4])):
        selected = select_slices(features, rows)
        np.testing.assert_array_equal(selected, features[:, rows])
        follow = bool((np.diff(rows) == 1).all())
        assert np.shares_memory(selected, features) == follow
