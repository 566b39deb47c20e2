"""Labels and folds of a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Cohort, UserError
from lnmbench.config import read_benchmark
from lnmbench.records import Protocol, mark_positive
from lnmbench.registry import Registry
from lnmbench.stages.plan.cohort_plan import make_plan, read_labels

MakeCohort = Callable[..., Cohort]
PROTOCOL = Protocol(repeats=2, folds=5, inner=3)
REGISTRY = Registry()


def target(name: str = "n2") -> object:
    return REGISTRY.targets.build(read_benchmark(None, {"target": name}).target)


def test_cases_without_the_target_are_left_out_and_said(make_cohort: MakeCohort) -> None:
    truth = (np.arange(60) % 3 == 0).astype(float)
    truth[[4, 9]] = np.nan
    plan = make_plan(make_cohort(truth=truth), target(), PROTOCOL)
    assert len(plan.ids) == 58
    assert "case-4" not in plan.ids
    assert any("2 of 60 cases left out" in note for note in plan.notes)


def test_cases_without_the_target_can_train_networks(make_cohort: MakeCohort) -> None:
    protocol = replace(PROTOCOL, train_unlabeled=True)
    truth = (np.arange(60) % 3 == 0).astype(float)
    (note,) = make_plan(make_cohort(truth=truth), target(), protocol).notes[1:]
    assert note == "train_unlabeled has no effect: n2 is known for all cases"
    truth[[4, 9]] = np.nan
    plan = make_plan(make_cohort(truth=truth), target(), protocol)
    assert len(plan.ids) == 58
    assert plan.notes[-1].startswith("2 of 60 cases only train networks, by their auxiliary tasks")


def test_excluded_cases_change_nothing_for_the_others(make_cohort: MakeCohort) -> None:
    truth = (np.arange(60) % 3 == 0).astype(float)
    truth[[4, 9, 10]] = np.nan
    lacking = np.arange(60) % 5 == 0
    cohort = make_cohort(truth=truth)
    some = replace(cohort, offsets=np.concatenate([[0], np.cumsum(~lacking)]))
    plan = make_plan(some, target(), replace(PROTOCOL, missing_images="exclude"))
    assert plan.notes[1:] == (
        "2 of 60 cases left out: n2 unknown",
        "12 of 60 cases left out: no images",
    )
    assert len(plan.ids) == 60 - 2 - 12
    truth[lacking] = np.nan
    without = make_plan(make_cohort(truth=truth), target(), PROTOCOL)
    assert plan.ids == without.ids
    np.testing.assert_array_equal(plan.splits.inner, without.splits.inner)
    labels = read_labels(some, target(), plan)
    np.testing.assert_array_equal(labels, cohort.values["n2"])


def test_outcomes_are_those_of_the_cases_that_are_not_excluded(make_cohort: MakeCohort) -> None:
    levels = np.arange(60) % 3

    class Levels:
        kind, title = "ordinal", "levels"

        def labels(self, cohort: Cohort) -> np.ndarray:
            return mark_positive(np.stack(list(self.outcomes(cohort).values()), axis=1))

        def outcomes(self, cohort: Cohort) -> dict[str, np.ndarray]:
            return {"1": (levels >= 1).astype(float), "2": (levels >= 2).astype(float)}

        def notes(self, cohort: Cohort) -> tuple[str, ...]:
            return ()

    has_images = (levels < 2) | (np.arange(60) < 6)  # two cases of the highest level have images
    some = replace(make_cohort(), offsets=np.concatenate([[0], np.cumsum(has_images)]))
    plan = make_plan(some, Levels(), replace(PROTOCOL, missing_images="exclude"))
    assert plan.outcomes is not None
    assert plan.outcomes.names == ("1",)
    assert len(plan.ids) == has_images.sum()
    np.testing.assert_array_equal(read_labels(some, Levels(), plan), levels >= 1)


def test_a_patient_with_more_cases_is_not_parted(make_cohort: MakeCohort) -> None:
    patients = [f"p{number // 2}" for number in range(60)]
    truth = np.repeat(np.arange(30) % 3 == 0, 2)
    plan = make_plan(make_cohort(truth=truth, patients=patients), target(), PROTOCOL)
    for repeat in plan.splits.outer:
        assert (repeat[0::2] == repeat[1::2]).all()


@pytest.mark.parametrize(
    ("truth", "message"),
    [
        (np.zeros(60), "one class only.*60 times 0"),
        (np.full(60, np.nan), "unknown for all"),
        (np.arange(60) < 4, "too few positive patients.*--folds"),
        (np.arange(60) >= 4, "too few negative patients"),
        (np.arange(60) == 7, "too few positive patients.*add cases"),
    ],
)
def test_labels_that_do_not_allow_the_protocol(
    make_cohort: MakeCohort, truth: np.ndarray, message: str
) -> None:
    with pytest.raises(UserError, match=message):
        make_plan(make_cohort(truth=truth), target(), PROTOCOL)


def test_patients_that_leave_a_fold_without_a_class(make_cohort: MakeCohort) -> None:
    truth = np.concatenate([np.ones(10), np.tile([0, 1], 4)])
    patients = ["big"] * 10 + [f"both-{number // 2}" for number in range(8)]
    cohort = make_cohort(18, truth=truth, patients=patients)
    with pytest.raises(UserError, match="one class only.*fewer folds"):
        make_plan(cohort, target(), Protocol(repeats=1, folds=2, inner=2))


def test_a_suggested_number_of_folds_works(make_cohort: MakeCohort) -> None:
    cohort = make_cohort(truth=np.arange(60) < 4)
    with pytest.raises(UserError, match="try --folds 4 --inner 2"):
        make_plan(cohort, target(), PROTOCOL)
    make_plan(cohort, target(), Protocol(repeats=2, folds=4, inner=2))


def test_a_target_that_the_cohort_has_not(make_cohort: MakeCohort) -> None:
    with pytest.raises(UserError, match="no column labeled n1 or pn"):
        make_plan(make_cohort(), target("n1"), PROTOCOL)


class Levels:
    """Three outcomes, the last of which is rare; most of the cases are unknown in the second."""

    title, kind = "levels", "multilabel"

    def outcomes(self, cohort: Cohort) -> dict[str, np.ndarray]:
        number = np.arange(len(cohort))
        second = np.where(number % 2 == 0, number % 3 == 0, np.nan)
        return {"first": (number % 4 == 0) * 1.0, "second": second, "rare": (number < 3) * 1.0}

    def labels(self, cohort: Cohort) -> np.ndarray:
        return mark_positive(np.stack(list(self.outcomes(cohort).values()), axis=1))

    def notes(self, cohort: Cohort) -> tuple[str, ...]:
        return ()


def test_outcomes_with_too_few_patients_are_left_out_and_said(make_cohort: MakeCohort) -> None:
    plan = make_plan(make_cohort(), Levels(), PROTOCOL)
    assert plan.outcomes is not None
    assert (plan.kind, plan.outcomes.names) == ("multilabel", ("first", "second"))
    assert plan.notes == (
        "outcomes of n2 left out, with too few patients for the folds: rare (3 positive, 57"
        " negative)",
    )
    np.testing.assert_array_equal(plan.endpoints[:4], [[1, 1], [0, np.nan], [0, 0], [0, np.nan]])
    np.testing.assert_array_equal(plan.truth, mark_positive(plan.endpoints))
    with pytest.raises(UserError, match="no outcome of target n2 has enough patients"):
        make_plan(make_cohort(), Levels(), replace(PROTOCOL, folds=40))
