"""The report's table of the cohort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from lnmbench_report.cohort import CohortTable

from lnmbench.records import Cohort, Column, ImageCounts, Plan, Profile, Results, Table
from lnmbench.rendering import FORMATS, render
from lnmbench.stages.run.cohort_profile import make_profile
from lnmbench.store import serialization
from lnmbench.testing.sample_results import empty_results

N = 30
NO_FILE = Path("none.h5")
"""The cohort has no images, so that its file is not read."""


@pytest.fixture
def cohort(make_cohort: Callable[..., Cohort]) -> Cohort:
    """Thirty cases; four of them have no age, and grade is an auxiliary label."""
    plain = make_cohort(N)
    age = np.array(plain.values["age"], dtype=float)
    age[[0, 1, 2, 4]] = np.nan
    grade = Column(
        name="grade", role="aux", kind="ordinal", label="grade", categories=("G1", "G2", "<i>G3|")
    )
    return replace(
        plain,
        columns=(grade, *plain.columns),
        values={**plain.values, "age": age, "grade": np.arange(N) % 3.0},
    )


@pytest.fixture
def described(cohort: Cohort, plan: Plan) -> Results:
    """Results that know nothing but the cohort."""
    return replace(
        empty_results(),
        n=N,
        positives=int(plan.truth.sum()),
        truth=plan.truth,
        patients=plan.patients,
        profile=make_profile(cohort, NO_FILE, plan),
    )


def make_table(results: Results) -> Table:
    (table,) = CohortTable()(results)
    assert isinstance(table, Table)
    return table


def rows(table: Table) -> dict[tuple[str, str], list[str]]:
    return {(row[0].text, row[1].text): [cell.text for cell in row[2:]] for row in table.rows}


def test_measures_have_quartiles_of_all_cases_and_of_each_class(
    described: Results, cohort: Cohort, plan: Plan
) -> None:
    table = make_table(described)
    headings = [column.heading for column in table.columns[2:]]
    assert headings == ["All (n = 30)", "Negative (n = 20)", "Positive (n = 10)"]
    assert table.title == "Cohort by n2"
    row = next(row for row in table.rows if row[0].text == "age, a")
    age = np.asarray(cohort.values["age"], dtype=float)
    for cell, group in zip(
        row[2:], (plan.truth >= 0, plan.truth == 0, plan.truth == 1), strict=True
    ):
        low, middle, high = np.nanquantile(age[group], (0.25, 0.5, 0.75))
        assert (cell.low, cell.value, cell.high) == (low, middle, high)
        assert cell.text == f"{middle:.1f} ({low:.1f} to {high:.1f})"


def test_categories_are_counted_among_the_known_and_missing_among_all(described: Results) -> None:
    table = rows(make_table(described))
    # the first three cases and the fifth have no age; of them the first and the fourth positive
    assert table["age, a", "missing"] == ["4 (13.3)", "3 (15.0)", "1 (10.0)"]
    assert table["grade (auxiliary)", "G1"] == ["10 (33.3)", "0 (0.0)", "10 (100.0)"]
    assert ("sex", "missing") not in table


def test_features_come_first_and_labels_are_named_so(described: Results) -> None:
    names = list(dict.fromkeys(row[0].text for row in make_table(described).rows))
    assert names == ["age, a", "sex", "grade (auxiliary)", "n2 (target)"]


def test_patients_are_counted_where_they_are_not_the_cases(described: Results) -> None:
    assert ("patients", "number") not in rows(make_table(described))
    twice = replace(described, patients=np.arange(N) // 2)
    assert rows(make_table(twice))["patients", "number"] == ["15", "15", "10"]


def test_cases_without_images_are_counted_in_a_note(described: Results) -> None:
    images = ImageCounts(
        with_images=20, positives_with_images=8, without_images=10, positives_without_images=2
    )
    for left_out, note in (
        (False, "Among these: 10 cases without images (2 positive); images are masked."),
        (True, "Left out: 10 cases without images (2 positive)."),
    ):
        profile = replace(described.profile, images=replace(images, left_out=left_out))
        assert make_table(replace(described, profile=profile)).notes[-1] == note


def test_a_variable_that_nobody_has_is_all_missing(
    described: Results, cohort: Cohort, plan: Plan
) -> None:
    values = {**cohort.values, "age": np.full(N, np.nan), "grade": np.full(N, np.nan)}
    empty = replace(described, profile=make_profile(replace(cohort, values=values), NO_FILE, plan))
    table = rows(make_table(empty))
    assert table["age, a", "median (quartiles)"] == ["–", "–", "–"]
    assert table["age, a", "missing"][0] == "30 (100.0)"
    assert table["grade (auxiliary)", "G1"] == ["0 (–)", "0 (–)", "0 (–)"]


def test_without_a_profile_there_is_no_table(described: Results) -> None:
    assert not CohortTable()(replace(described, profile=None)), "as of an old ledger"
    assert not CohortTable()(replace(described, profile=Profile()))


def test_the_ledger_keeps_the_quartiles_of_all_cases(described: Results) -> None:
    assert described.profile is not None
    assert serialization.unpack(Profile, serialization.pack(described.profile)) == described.profile


def test_every_format_prints_hostile_categories_as_text(described: Results) -> None:
    for name in FORMATS:
        text = render([make_table(described)], name)
        assert "33.3" in text, name
    assert "<i>" not in render([make_table(described)], "markdown")


def test_centers_have_rows_by_size_and_no_names(
    cohort: Cohort, plan: Plan, described: Results
) -> None:
    names = np.array(["Bergamo" if n % 5 else "" if n == 5 else f"Site {n}" for n in range(N)])
    column = Column(name="hospital", role="center")
    with_centers = replace(
        cohort, columns=(*cohort.columns, column), values={**cohort.values, "hospital": names}
    )
    profile = make_profile(with_centers, NO_FILE, plan)
    table = make_table(replace(described, profile=profile))
    cells = rows(table)
    assert cells["center 1", "cases"][0] == "24 (80.0)"
    assert cells["center 2", "cases"][0] == "1 (3.3)"
    assert cells["center unknown", "cases"][0] == "1 (3.3)"
    counts = [
        [int(cell.split()[0]) for cell in row]
        for (name, _), row in cells.items()
        if name.startswith("center")
    ]
    assert np.sum(counts, axis=0).tolist() == [30, 20, 10]
    assert "Bergamo" not in str(table)
    assert "they enter no model" in table.notes[1]
    many = replace(profile, centers=(*profile.centers, *profile.centers, *profile.centers))
    assert ("8 other centers", "cases") in rows(make_table(replace(described, profile=many)))
