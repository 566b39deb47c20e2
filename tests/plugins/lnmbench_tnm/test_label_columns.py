from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_tnm.label_columns import find_label_column, look_up

from lnmbench import Cohort, Column, UserError

STAGE = Column(name="x", role="aux", kind="ordinal", label="y", categories=("IA", "IB", "IIIA"))


def test_a_label_precedes_a_name_and_labels_precede_features(
    make_cohort: Callable[..., Cohort],
) -> None:
    cohort = make_cohort(
        (Column(name="Size", role="feature", unit="mm"), [1.0]),
        (Column(name="extent", role="aux", label="size", unit="mm"), [2.0]),
        (Column(name="Long Axis", role="feature"), [3.0]),
    )
    assert find_label_column(cohort, "size", "size").name == "extent"
    assert find_label_column(cohort, "size", "longaxis").name == "Long Axis"
    with pytest.raises(UserError, match=r"no column for aux task t.*did you mean"):
        find_label_column(cohort, "t", "extend")


def test_findings_of_a_report_are_found_by_their_own_name(
    make_cohort: Callable[..., Cohort],
) -> None:
    def findings(*names: str) -> Cohort:
        return make_cohort(*((Column(name=name, role="feature"), [1.0, 2.0]) for name in names))

    one = findings("report: spiculation", "age")
    assert find_label_column(one, "signs", "Spiculation").name == "report: spiculation"
    exact = findings("report: spiculation", "spiculation")
    assert find_label_column(exact, "signs", "spiculation").name == "spiculation"
    both = findings("CT: spiculation", "PET: spiculation")
    with pytest.raises(
        UserError,
        match=r"2 columns of cohort 'toy' could be 'spiculation' .*'CT: spiculation', 'PET",
    ):
        find_label_column(both, "signs", "spiculation")
    assert find_label_column(both, "signs", "PET: spiculation").name == "PET: spiculation"


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("stage", ("1", "2", "3", "4")),
        ("Overall.Stage", ("I", "II", "IIIa")),
        ("AJCC Pathologic Tumor Stage", ("Stage IA", "Stage IIIB")),
        ("UICC-Stadium", ("I", "II")),
        ("ajcc_pathologic_tumor_stage", ("Stage I", "Stage II")),
        ("pTNM", ("early", "late")),
        ("TNM", ("T1N0M0", "T2N1M0")),
        ("Stade", ("IA", "IB")),
        ("分期", ("1", "2")),
        ("group", ("IA", "IIB", "IIIA")),
        ("label", ("pT1aN0", "pT2N2M0")),
    ],
)
def test_the_overall_stage_is_refused_under_every_spelling(
    name: str, categories: tuple[str, ...], make_cohort: Callable[..., Cohort]
) -> None:
    column = Column(name=name, role="aux", kind="ordinal", label="any", categories=categories)
    cohort = make_cohort((column, [0.0, 1.0]))
    for label in (name, "any"):
        with pytest.raises(UserError, match=r"overall stage, which contains the N category.*--aux"):
            find_label_column(cohort, f"column:name={label}", label)


@pytest.mark.parametrize(
    ("name", "categories"),
    [
        ("pT stage", ("T1a", "T2")),
        ("ajcc_tumor_pathologic_pt", ("T1a", "T2")),
        ("grade", ("I", "II", "III")),
        ("N stage", ("N0", "N1")),
        ("T-Stadium", ("1", "2a")),
        ("M stage", ("M0", "M1a")),
    ],
)
def test_other_stages_are_labels(
    name: str, categories: tuple[str, ...], make_cohort: Callable[..., Cohort]
) -> None:
    column = Column(name=name, role="aux", kind="ordinal", label="any", categories=categories)
    assert find_label_column(make_cohort((column, [0.0, 1.0])), "t", "any") is column


@pytest.mark.parametrize("name", ["Overall Stage", "stage", "pTNM", "ajcc_stage", "UICC"])
def test_the_overall_stage_is_refused_where_no_column_has_it(
    name: str, make_cohort: Callable[..., Cohort]
) -> None:
    cohort = make_cohort((Column(name="age", role="feature"), [1.0, 2.0]))
    with pytest.raises(UserError, match="holds the overall stage, which contains the N category"):
        find_label_column(cohort, f"column:name={name}", name)


def test_the_label_stage_is_refused_whatever_the_column_is(
    make_cohort: Callable[..., Cohort],
) -> None:
    column = Column(name="x", role="aux", label="overall_stage")
    with pytest.raises(UserError, match="contains the N category"):
        find_label_column(make_cohort((column, [0.0, 1.0])), "t", "x")


def test_a_missing_code_has_a_row_of_nan() -> None:
    codes = np.array([1.0, math.nan, 0.0])
    np.testing.assert_array_equal(look_up(codes, [5.0, 6.0]), [6.0, math.nan, 5.0])
    rows = look_up(codes, np.eye(2))
    np.testing.assert_array_equal(rows, [[0, 1], [math.nan] * 2, [1, 0]])
