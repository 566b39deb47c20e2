from __future__ import annotations

import math

import numpy as np
import pytest
from lnmbench_tnm.nodes import n1, n2

from lnmbench import Card, Cohort, Column, UserError

CARD = Card(title="t", license="l", source="s", citation="c", labels="x")


def cohort(*columns: tuple[Column, list[float]]) -> Cohort:
    size = len(columns[0][1])
    return Cohort(
        name="toy",
        ids=tuple(map(str, range(size))),
        columns=tuple(column for column, _ in columns),
        values={column.name: np.array(values) for column, values in columns},
        offsets=np.zeros(size + 1, dtype=np.int64),
        card=CARD,
        fingerprint="0",
    )


def staged(*categories: str, label: str = "pn") -> Cohort:
    """Return a cohort with one case for each category, and a last one without a value."""
    column = Column(
        name="stage",
        role="target",
        kind="ordinal",
        label=label,
        categories=categories,
        known="after",
    )
    return cohort((column, [*map(float, range(len(categories))), math.nan]))


@pytest.mark.parametrize(
    ("categories", "any_node", "mediastinal"),
    [
        (("N0", "N1", "N2", "N3"), [0, 1, 1, 1], [0, 0, 1, 1]),
        (("pN0", "pN1b", "ypN2a", "N3c"), [0, 1, 1, 1], [0, 0, 1, 1]),
        (("N0 (i+)", "N1mi", "N2a1"), [0, 1, 1], [0, 0, 1]),
        (("0", "1", "2"), [0, 1, 1], [0, 0, 1]),
        (("N0", "NX", "N+"), [0, math.nan, 1], [0, math.nan, math.nan]),
    ],
)
def test_labels_follow_the_digit(
    categories: tuple[str, ...], any_node: list[float], mediastinal: list[float]
) -> None:
    staged_cohort = staged(*categories)
    np.testing.assert_array_equal(n1().labels(staged_cohort), [*any_node, math.nan])
    np.testing.assert_array_equal(n2().labels(staged_cohort), [*mediastinal, math.nan])


def test_a_column_with_the_targets_own_label_comes_first() -> None:
    binary = Column(
        name="mediastinal", role="target", kind="binary", label="n2", categories=("no", "yes")
    )
    stage = Column(name="pn", role="target", kind="ordinal", label="pn", categories=("N0", "N2"))
    both = cohort((stage, [1.0, 1.0, 0.0]), (binary, [0.0, 1.0, math.nan]))
    np.testing.assert_array_equal(n2().labels(both), [0.0, 1.0, math.nan])
    np.testing.assert_array_equal(n1().labels(both), [1.0, 1.0, 0.0])
    assert "'mediastinal'" in n2().notes(both)[0]


def test_notes_name_the_column_and_count_the_known() -> None:
    (note,) = n2().notes(staged("N0", "N1", "N2", "NX"))
    assert "'stage'" in note
    assert "1 of 3 cases are positive" in note
    assert "NX unknown" in note


@pytest.mark.parametrize("category", ["cN2", "M1", "N4", "positive", "N2 \x1b[31m"])
def test_a_category_that_is_no_pathological_class_is_refused(category: str) -> None:
    with pytest.raises(UserError, match="unknown category"):
        n2().labels(staged("N0", category))


def test_a_clinical_class_is_refused_with_advice() -> None:
    with pytest.raises(UserError, match="clinical class is no pathological one: list it as"):
        n1().labels(staged("pN0", "cN1"))


def test_classes_after_neoadjuvant_therapy_are_counted() -> None:
    assert len(n1().notes(staged("pN0", "pN1"))) == 1
    _, note = n1().notes(staged("pN0", "ypN0", "pN2", "ypN2a1"))
    assert "2 cases have an N class after neoadjuvant therapy" in note


def test_a_cohort_without_nodes_is_refused_with_the_labels_it_has() -> None:
    with pytest.raises(UserError, match=r"labeled n2 or pn.*its labels: pt"):
        n2().labels(staged("T1a", "T2a", label="pt"))


def test_a_count_of_nodes_is_not_a_class() -> None:
    count = Column(name="positive", role="target", label="pn")
    with pytest.raises(UserError, match="kind ordinal"):
        n1().labels(cohort((count, [0.0, 4.0])))


def test_an_own_column_must_be_binary() -> None:
    with pytest.raises(UserError, match="kind binary"):
        n1().labels(staged("none", "some", label="n1"))
