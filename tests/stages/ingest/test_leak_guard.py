"""Features that seem to be known only after surgery, by name and by statistics."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lnmbench.records import Cohort, Column
from lnmbench.registry import Registry
from lnmbench.stages.ingest.leak_guard import find_leaks, find_leaks_of, name_late_features, shorten


def test_late_features_are_named_with_the_reason() -> None:
    columns = [
        Column(name="Rezidiv", role="feature"),
        Column(name="x", role="feature", kind="ordinal", categories=("pN0", "pN1")),
        Column(name="age", role="feature"),
        Column(name="pN", role="target", kind="ordinal", label="pn", categories=("0", "1")),
    ]
    assert name_late_features(columns) == (
        "2 features seem to be known only after surgery: 'Rezidiv' (recurrence or progression), "
        "'x' (pathological N stages); leave out what is not known before surgery"
    )
    assert name_late_features(columns[2:]) == ""


@pytest.fixture
def cohort(make_cohort: Any) -> Cohort:
    made: Cohort = make_cohort(60)
    truth = np.asarray(made.values["n2"], dtype=float)
    columns = (Column(name="a\nb", role="feature"), Column(name="total", role="feature"))
    columns += (Column(name="free", role="feature"),)
    total = np.arange(60) % 17 + 20.0
    values = {"a\nb": truth * 2.0, "total": total, "free": total - truth * 3}
    return replace(made, columns=(*made.columns, *columns), values={**made.values, **values})


def test_what_predicts_too_well_is_a_sentence_with_the_target(cohort: Cohort) -> None:
    labels = np.asarray(cohort.values["n2"], dtype=float)
    first, second = find_leaks_of(cohort, "n2", labels)
    assert first.startswith("feature 'a b' alone separates")
    assert "(target n2)" in first
    assert second.startswith("features 'total' and 'free' together separate")


def test_only_cases_with_a_label_count(cohort: Cohort) -> None:
    labels = np.asarray(cohort.values["n2"], dtype=float).copy()
    labels[10:] = np.nan
    assert find_leaks_of(cohort, "n2", labels) == []


def test_long_lists_are_shortened() -> None:
    assert shorten(["x"] * 8)[-1] == "and 3 more like these"
    assert shorten(["x"]) == ["x"]


def test_each_outcome_of_a_target_is_guarded(make_cohort: Any) -> None:
    made: Cohort = make_cohort(60)
    levels = {"II": np.arange(60) % 2 * 1.0, "III": np.arange(60) % 3 * 0.5}
    levels["III"] = (levels["III"] == 1).astype(float)
    columns = [Column(name="nodes", role="feature")]
    for name in levels:
        label = {"label": f"station_{name}", "categories": ("no", "yes"), "known": "after"}
        columns.append(Column(name=name, role="target", kind="binary", **label))
    values = {**made.values, **levels, "nodes": levels["III"] * 3}
    cohort = replace(made, columns=(*made.columns, *columns), values=values)
    lines = find_leaks(cohort, Registry())
    assert [line for line in lines if "'nodes' alone" in line] == [
        "feature 'nodes' alone separates all positive from all negative cases (AUC 1)"
        " (target stations, III); check that it is known before surgery"
    ]
