"""Shares of labels, and the options of every auxiliary task."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import cast

import numpy as np
from torch import nn

from lnmbench.contracts import AuxTask, ImageTask, OwnHead
from lnmbench.records import Choice, Cohort, EncodedImages, Examples, Label
from lnmbench.registry import Registry
from lnmbench.stages.plan.aux_tasks import LabelSource, build_tasks, head_names, list_labels
from lnmbench.stages.plan.relabeled_task import relabel
from lnmbench.stages.plan.task_options import read_task_options
from lnmbench.testing import check_contract, sample_cohort

COHORT = sample_cohort(400)
REGISTRY = Registry()


def choice(**parameters: object) -> Choice:
    return REGISTRY.aux_tasks.bind(Choice(name="pt", parameters=parameters))


def task(**parameters: object) -> AuxTask:
    (built,) = build_tasks([choice(**parameters)], REGISTRY)
    return built


def is_known(built: AuxTask, cohort: Cohort = COHORT) -> np.ndarray:
    return ~np.isnan(built.targets(cohort)).any(axis=1)


def test_the_same_share_of_each_class_is_kept() -> None:
    everything = task().targets(COHORT)
    chosen = task(keep=0.25).targets(COHORT)
    known, is_chosen = ~np.isnan(everything[:, 0]), ~np.isnan(chosen[:, 0])
    assert is_chosen.sum() == round(0.25 * known.sum())
    np.testing.assert_array_equal(chosen[is_chosen], everything[is_chosen])
    counts, of_all = np.nansum(chosen, axis=0), np.nansum(everything, axis=0)
    assert (np.abs(counts - 0.25 * of_all) <= 1.0).all()


def test_a_smaller_share_is_part_of_a_larger_one() -> None:
    shares = [is_known(task(keep=share)) for share in (0.1, 0.25, 0.5, 1.0)]
    for small, large in pairwise(shares):
        assert small.sum() < large.sum()
        assert (small <= large).all()
    other = is_known(task(keep=0.25, keep_seed=1))
    assert other.sum() == shares[1].sum()
    assert (other != shares[1]).any()


def test_cases_outside_of_the_plan_are_not_counted() -> None:
    cases = np.arange(0, len(COHORT), 2)
    source = LabelSource(cases=cases, target=np.full(len(COHORT), np.nan))
    (half,) = build_tasks([choice(keep=0.5)], REGISTRY, source)
    inside = is_known(task())[cases].sum()
    assert is_known(half)[cases].sum() == round(0.5 * inside)


def test_a_control_permutes_the_labels_that_are_kept() -> None:
    plain, control = task(keep=0.25).targets(COHORT), task(keep=0.25, shuffled=1).targets(COHORT)
    np.testing.assert_array_equal(np.isnan(plain), np.isnan(control))
    known = ~np.isnan(plain[:, 0])
    np.testing.assert_array_equal(plain[known].sum(axis=0), control[known].sum(axis=0))
    assert (plain[known] != control[known]).any()


def test_labels_that_are_not_kept_still_score_the_task() -> None:
    positions = np.arange(len(COHORT))
    tasks = {str(share): task(keep=share) for share in (0.25, 1.0)}
    few, everything = list_labels(tasks, COHORT, positions)
    np.testing.assert_array_equal(few.values, everything.values)
    assert few.known == round(0.25 * everything.known)
    (control,) = list_labels({"c": task(keep=0.25, shuffled=1)}, COHORT, positions)
    assert control.known == few.known == (~np.isnan(control.values)).sum()


def test_a_share_keeps_the_contract_and_says_what_it_is() -> None:
    built = task(keep=0.25)
    check_contract("aux task", built, cohort=COHORT)
    assert built.title == "pathological T stage, 25 % of the labels"
    assert built.notes(COHORT)[-1].endswith("99 of 397 known labels train the network")


def test_options_at_their_default_are_no_part_of_a_method() -> None:
    assert choice(keep=1.0, keep_seed="0", weight="1") == choice()
    few, heavy = choice(keep="0.25", keep_seed=3), choice(weight=0.5, shuffled=2)
    assert few.parameters == {"edition": "auto", "shuffled": 0, "keep": 0.25, "keep_seed": 3}
    assert head_names([few]) == head_names([heavy]) == head_names([choice()])


def test_a_cohort_with_one_label_keeps_it() -> None:
    values = {**COHORT.values, "pt": np.full(len(COHORT), math.nan)}
    values["pt"][:2] = [1.0, 2.0]
    assert is_known(task(keep=0.1), replace(COHORT, values=values)).sum() == 1


class Pairs:
    """Tells the order of two slices, or pairs slices of one case."""

    title = "order"
    kind: Label = "binary"
    outputs, images = 1, "slices"

    def __init__(self, targets: np.ndarray) -> None:
        self._targets = targets

    def targets(self, cohort: Cohort) -> np.ndarray:
        return np.ones(len(cohort))

    def examples(self, images: EncodedImages) -> Examples:
        n = len(self._targets)
        rows = np.arange(2 * n).reshape(n, 2, 1)
        return Examples(case=np.arange(n), rows=rows, targets=self._targets)

    def head(self, features: int) -> nn.Module:
        return nn.Linear(features, 1)


def test_targets_of_examples_are_permuted_or_their_last_bags() -> None:
    options = read_task_options(Choice(name="x", parameters={"shuffled": 3}))
    images = cast("EncodedImages", None)
    order = relabel(cast("AuxTask", Pairs(np.arange(50) % 2.0)), options)
    assert isinstance(order, ImageTask)
    examples = order.examples(images)
    np.testing.assert_array_equal(examples.rows[:, 1, 0], np.arange(1, 100, 2))
    assert sorted(examples.targets) == [0.0] * 25 + [1.0] * 25
    assert 10 < (examples.targets != np.arange(50) % 2).sum() < 40
    pairs = relabel(cast("AuxTask", Pairs(np.ones(50))), options)
    assert isinstance(pairs, ImageTask)
    assert isinstance(pairs, OwnHead)
    examples = pairs.examples(images)
    np.testing.assert_array_equal(examples.rows[:, 0, 0], np.arange(0, 100, 2))
    assert (examples.rows[:, 1, 0] == np.arange(1, 100, 2)).sum() < 5
    assert pairs.head(4) is not None


def test_a_share_of_the_cases_with_examples_is_kept() -> None:
    options = read_task_options(Choice(name="x", parameters={"keep": 0.25}))
    kept = relabel(cast("AuxTask", Pairs(np.ones(50))), options)
    assert int(np.nansum(kept.targets(COHORT))) == 100
    assert not isinstance(relabel(task(), options), ImageTask)
