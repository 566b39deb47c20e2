"""Cases whose target is unknown: after those of the plan, never with a tested patient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from lnmbench import Cohort
from lnmbench.records import Plan
from lnmbench.stages.plan.network_cases import network_positions, unlabeled_training


def test_unlabeled_cases_follow_those_of_the_plan(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    cohort, ids = make_cohort(32), ("case-31", "case-2", "case-0")
    chosen = replace(plan, ids=ids)
    assert network_positions(chosen, cohort).tolist() == [31, 2, 0]
    chosen = replace(chosen, protocol=replace(plan.protocol, train_unlabeled=True))
    positions = network_positions(chosen, cohort)
    assert positions[:5].tolist() == [31, 2, 0, 1, 3]
    assert sorted(positions) == list(range(32))
    counts = np.arange(32) != 3
    some = replace(cohort, offsets=np.concatenate([[0], np.cumsum(counts)]))
    assert 3 in network_positions(chosen, some)
    excluded = replace(chosen, protocol=replace(chosen.protocol, missing_images="exclude"))
    assert 3 not in network_positions(excluded, some)


def test_no_fit_trains_on_a_patient_that_it_does_not_train_on_otherwise(
    make_cohort: Callable[..., Cohort], plan: Plan
) -> None:
    patients = [f"p{number % 31}" for number in range(34)]  # p0, p1 and p2 have two cases
    cohort = make_cohort(34, patients=patients)
    chosen = replace(plan, protocol=replace(plan.protocol, train_unlabeled=True))
    training = np.ones(30, dtype=np.bool_)
    training[1] = False
    # the unlabeled cases are 30 to 33, of the patients p30, p0, p1 and p2
    assert unlabeled_training(chosen, cohort, training).tolist() == [True, True, False, True]
