"""Inputs of the networks of a chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lnmbench import Cohort
from lnmbench.records import Choice, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import build_tasks
from lnmbench.stages.run.network_inputs import (
    average_slices,
    case_rows,
    label_inputs,
    select_slices,
)


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


def test_cases_without_images_have_no_rows(
    make_cohort: Callable[..., Cohort], make_network: Callable[..., NetworkMethod]
) -> None:
    cohort = replace(make_cohort(4), offsets=np.array([0, 2, 2, 5, 6]))
    positions = np.array([3, 1, 0, 2])
    features = np.arange(12, dtype=np.float32).reshape(6, 2)
    slices = make_network(level="slice")
    counts, rows = case_rows(slices, cohort, positions, features)
    assert (counts.tolist(), rows.tolist()) == ([1, 0, 2, 3], [5, 0, 1, 2, 3, 4])
    means = average_slices(slices, cohort, positions, features)
    np.testing.assert_array_equal(means[:, 0], [10, np.nan, 1, 6])

    volumes, of_cases = make_network(level="volume"), features[:4].copy()
    of_cases[1] = np.nan
    counts, rows = case_rows(volumes, cohort, positions, of_cases)
    assert (counts.tolist(), rows.tolist()) == ([1, 0, 1, 1], [3, 0, 2])
    # features of a file, of a case whose images are not in the cohort
    counts, _ = case_rows(volumes, cohort, positions, features[:4])
    assert counts.tolist() == [1, 1, 1, 1]
    # a network would refuse these, which are not those of a case without images
    counts, _ = case_rows(volumes, cohort, positions, np.full((4, 2), np.nan, np.float32))
    assert counts.tolist() == [1, 0, 1, 1]
