from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from lnmbench_tnm.column_task import column

from lnmbench import Cohort, Column


@pytest.mark.parametrize(
    ("name", "kind", "outputs"),
    [
        ("grade", "ordinal", 3),
        ("histology", "nominal", 3),
        ("invasion_stas", "binary", 1),
        ("size", "continuous", 1),
    ],
)
def test_the_dictionary_decides_the_kind(
    name: str, kind: str, outputs: int, complete: Cohort
) -> None:
    task = column(name)
    targets = task.targets(complete)
    assert (task.kind, task.outputs) == (kind, outputs)
    cells = np.asarray(complete.values[name], dtype=float)
    known = ~np.isnan(cells)
    assert np.isnan(targets[~known]).all()
    if kind in ("continuous", "binary"):
        np.testing.assert_array_equal(targets, cells)
    else:
        np.testing.assert_array_equal(targets[known].argmax(axis=1), cells[known])


def test_an_ordinal_column_of_two_classes_is_binary(make_cohort: Callable[..., Cohort]) -> None:
    low_high = Column(name="x", role="aux", kind="ordinal", categories=("low", "high"))
    task = column("X ")
    targets = task.targets(make_cohort((low_high, [0, 1, math.nan])))
    assert (task.kind, task.outputs) == ("binary", 1)
    np.testing.assert_array_equal(targets, [0, 1, math.nan])


def test_notes_say_that_a_feature_is_an_input_too(make_cohort: Callable[..., Cohort]) -> None:
    age = Column(name="age", role="feature", unit="years")
    (note,) = column("age").notes(make_cohort((age, [40.0, 60.0])))
    assert "column 'age', which is a feature, too; known in 2 of 2 cases" in note
