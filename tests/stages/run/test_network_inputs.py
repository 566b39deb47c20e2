"""Inputs of the networks of a chunk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort
from lnmbench.records import Choice, NetworkMethod, Plan
from lnmbench.registry import Registry
from lnmbench.stages.plan import build_tasks
from lnmbench.stages.run.chunk import list_fits
from lnmbench.stages.run.network_inputs import clinical_inputs, label_inputs, select_slices


def test_clinical_features_are_scaled_on_the_training_cases_of_each_fit(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort = make_cohort(40)
    fits = list(list_fits(plan, 0))
    training = np.stack([fit.training for fit in fits])
    features = clinical_inputs(cohort, cohort.positions(plan.ids), training)
    assert features.shape[:2] == (6, 30)
    age = cohort.values["age"][:30]
    for fit, scaled in zip(fits, features[:, :, 0], strict=True):
        trained = age[fit.training]
        assert scaled == pytest.approx((age - trained.mean()) / trained.std(), abs=1e-5)
    features[:] = 0.0  # what a caller does to its features does not reach the next one
    again = clinical_inputs(cohort, cohort.positions(plan.ids), training)
    assert again[0, :, 0] == pytest.approx(
        (age - age[fits[0].training].mean()) / age[fits[0].training].std(), abs=1e-5
    )
    older = replace(cohort, values={**cohort.values, "age": cohort.values["age"] ** 2})
    assert not np.array_equal(clinical_inputs(older, cohort.positions(plan.ids), training), again)
    without = replace(cohort, columns=cohort.columns[:1])
    assert clinical_inputs(without, np.arange(30), training).shape == (6, 30, 0)


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
