"""Cohorts: columns by their use, groups of a split, images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from lnmbench import Column, UserError
from lnmbench.records import Cohort


def test_features_are_the_columns_that_may_enter_a_model(
    make_cohort: Callable[..., Cohort],
) -> None:
    cohort = make_cohort(6)
    assert [column.name for column in cohort.features] == ["age", "sex"]
    assert len(cohort) == 6


def test_modalities_are_those_of_the_features_with_clinical_first(
    make_cohort: Callable[..., Cohort],
) -> None:
    cohort = make_cohort(6)
    pet = Column(name="suvmax", role="feature", modality="pet")
    blood = Column(name="cfdna_1", role="feature", modality="cfdna")
    assert replace(cohort, columns=(pet, blood, *cohort.columns)).modalities == (
        *("clinical", "cfdna", "pet"),
    )


def test_cases_of_one_patient_are_one_group(make_cohort: Callable[..., Cohort]) -> None:
    assert make_cohort(3).groups == ("case-0", "case-1", "case-2")
    assert make_cohort(3, patients=["a", "b", "a"]).groups == ("a", "b", "a")


def test_a_required_label_is_found_or_refused_with_those_of_the_cohort(
    make_cohort: Callable[..., Cohort],
) -> None:
    cohort = make_cohort(6)
    assert cohort.require("n1", "n2").name == "n2"
    assert cohort.find_column("pt") is None
    with pytest.raises(UserError, match="no column labeled pt or size; its labels: n2"):
        cohort.require("pt", "size")
    features = tuple(column for column in cohort.columns if column.role == "feature")
    with pytest.raises(UserError, match='no column labeled n1; give a column role = "target" and'):
        replace(cohort, columns=features).require("n1")


def test_a_cohort_has_images_if_each_case_has_a_slice(make_cohort: Callable[..., Cohort]) -> None:
    cohort = make_cohort(3)
    assert not cohort.has_images
    assert replace(cohort, offsets=np.array([0, 2, 3, 9])).has_images
    assert not replace(cohort, offsets=np.array([0, 2, 2, 9])).has_images
