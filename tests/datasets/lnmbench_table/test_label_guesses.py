"""Labels of a table, their positive classes, and columns that leak them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from lnmbench_table.guesses import guess_column
from lnmbench_table.label_guesses import Labels, find_labels
from lnmbench_table.sheet import Row, Sheet


def labels_of(**columns: list[str]) -> tuple[Labels, Sheet]:
    cells = list(zip(*columns.values(), strict=True))
    rows = tuple(Row(number=i, cells=row) for i, row in enumerate(cells, start=2))
    sheet = Sheet(path=Path("t.csv"), header=tuple(columns), rows=rows)
    guesses = {name: guess_column(name, sheet.column(name)) for name in columns}
    return find_labels(sheet, guesses), sheet


def test_positive_classes_are_described_as_the_table_spells_them() -> None:
    labels, _ = labels_of(n1=["N+", "N0", "N0"], pN=["pN0", "pN2", "pNX"])
    assert list(labels.describe()) == [
        "n1 positive: N+ (n = 1 of 3), column n1",
        "n1 positive: pN2 (n = 1 of 2), column pN",
        "n2 positive: pN2 (n = 1 of 2), column pN",
    ]
    assert labels.labels == {"n1": "n1", "pN": "pn"}


def test_classes_without_an_order_are_no_target() -> None:
    labels, _ = labels_of(n1=["1", "2", "1"])
    assert not labels.targets
    assert list(labels.describe()) == []


def test_n_plus_is_unknown_for_n2() -> None:
    labels, _ = labels_of(pN=["N0", "N+", "N2"])
    n2 = next(truth for truth in labels.truths if truth.target == "n2")
    np.testing.assert_array_equal(n2.labels, [0, np.nan, 1])


def test_a_column_that_separates_the_classes_is_pointed_out() -> None:
    n1 = ["ja" if i % 3 == 0 else "nein" for i in range(60)]
    marker = [str(10 * (cell == "ja") + i % 5) for i, cell in enumerate(n1)]
    labels, sheet = labels_of(n1=n1, CEA=marker, age=[str(50 + i % 7) for i in range(60)])
    found = {
        name: labels.find_signs(sheet.column(name), guess_column(name, sheet.column(name)))
        for name in ("CEA", "age")
    }
    assert "AUC 1" in found["CEA"]
    assert found["CEA"].endswith("for n1")
    assert found["age"] == ""
