"""Auxiliary tasks: shuffled controls, and the labels that are scored."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lnmbench import UserError
from lnmbench.contracts import AuxTask
from lnmbench.records import Choice, Column, NetworkMethod, Weights
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import LabelSource, build_tasks, head_names, list_labels
from lnmbench.testing import check_contract, sample_cohort

COHORT = sample_cohort()
REGISTRY = Registry()


def choice(**parameters: object) -> Choice:
    return REGISTRY.aux_tasks.bind(Choice(name="pt", parameters=parameters))


def source(cases: NDArray[np.int64]) -> LabelSource:
    return LabelSource(cases=cases, target=np.full(len(COHORT), np.nan))


def task(of: Choice) -> AuxTask:
    (built,) = build_tasks([of], REGISTRY)
    return built


def test_a_control_has_the_same_labels_for_other_cases() -> None:
    own = task(choice()).targets(COHORT)
    shuffled = task(choice(shuffled=1)).targets(COHORT)
    known = ~np.isnan(own).any(axis=1)
    np.testing.assert_array_equal(np.isnan(own), np.isnan(shuffled))
    assert sorted(map(tuple, own[known])) == sorted(map(tuple, shuffled[known]))
    assert (own[known] != shuffled[known]).any(axis=1).mean() > 0.5


def test_a_control_depends_on_its_seed_alone() -> None:
    once, again, other = (task(choice(shuffled=seed)).targets(COHORT) for seed in (1, 1, 2))
    np.testing.assert_array_equal(once, again)
    assert not np.array_equal(once, other, equal_nan=True)


def test_only_cases_of_the_plan_exchange_labels() -> None:
    own = task(choice()).targets(COHORT)
    cases = np.arange(0, len(COHORT), 2)
    (control,) = build_tasks([choice(shuffled=1)], REGISTRY, source(cases))
    shuffled = control.targets(COHORT)
    outside = np.setdiff1d(np.arange(len(COHORT)), cases)
    np.testing.assert_array_equal(shuffled[outside], own[outside])
    known = cases[~np.isnan(own[cases]).any(axis=1)]
    assert sorted(map(tuple, own[known])) == sorted(map(tuple, shuffled[known]))
    assert not np.array_equal(own[known], shuffled[known])
    (whole,) = build_tasks([choice(shuffled=1)], REGISTRY, source(np.arange(len(COHORT))))
    np.testing.assert_array_equal(whole.targets(COHORT), task(choice(shuffled=1)).targets(COHORT))


def network(task: Choice) -> NetworkMethod:
    return NetworkMethod(
        label="m",
        encoder=Choice(name="none"),
        level="none",
        weights=Weights(source="none"),
        aux=(task,),
    )


def test_a_control_keeps_the_contract_and_says_what_it_is() -> None:
    control = task(choice(shuffled=3))
    check_contract("aux task", control, cohort=COHORT)
    assert "shuffled" in control.title
    assert any("control" in note for note in control.notes(COHORT))


def test_a_control_is_known_as_one() -> None:
    methods = [network(choice(shuffled=s)) for s in (0, 1)]
    assert [method.is_control for method in methods] == [False, True]
    assert methods[0].fingerprint != methods[1].fingerprint


def test_the_heads_of_a_task_and_its_control_start_alike() -> None:
    plain, control = choice(), choice(shuffled=2)
    assert head_names([plain]) == head_names([control]) == ["pt:edition=auto"]
    assert len(set(head_names([plain, control]))) == 2


def test_a_seed_that_is_no_number_is_refused() -> None:
    with pytest.raises(UserError, match="shuffled"):
        choice(shuffled="yes")


def test_classes_are_scored_where_a_case_can_be_one_only() -> None:
    # an undivided T1 can be any of three classes
    classes = Column(
        name="pt", role="aux", kind="ordinal", label="pt", categories=("T1", "T2a", "T3")
    )
    columns = tuple(classes if column.name == "pt" else column for column in COHORT.columns)
    values = {**COHORT.values, "pt": np.minimum(COHORT.values["pt"], 2)}
    cohort = replace(COHORT, columns=columns, values=values)
    at = np.arange(len(cohort))[::-1]
    method = network(choice(edition="8"))
    tasks = {str(method.aux[0]): task(method.aux[0])}
    (labels,) = list_labels(tasks, cohort, at)
    targets = task(method.aux[0]).targets(cohort)[at]
    one = np.nansum(targets, axis=1) == 1
    assert 0 < one.sum() < len(one)
    np.testing.assert_array_equal(labels.values[one], targets[one].argmax(axis=1))
    assert np.isnan(labels.values[~one]).all()
    assert (labels.kind, labels.known) == ("ordinal", int((~np.isnan(targets[:, 0])).sum()))
    assert labels.task == str(method.aux[0])
