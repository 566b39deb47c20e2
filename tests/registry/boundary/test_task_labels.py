from __future__ import annotations

import numpy as np
import pytest

from lnmbench.records import Label
from lnmbench.registry.boundary.task_labels import require_targets
from lnmbench.registry.boundary.values import Unexpected


@pytest.mark.parametrize(
    ("kind", "outputs", "labels"),
    [
        ("ordinal", 3, [0.0, 2.0, np.nan]),
        ("nominal", 3, [[1.0, 0.0, 1.0]] * 3),
        ("continuous", 1, [-3.5, np.nan, 8.0]),
        ("mask", 2, [[0.5, 1.0]] * 3),
        ("multilabel", 2, [[0.0, np.nan]] * 3),
    ],
)
def test_labels_of_each_kind_pass_as_they_are(kind: Label, outputs: int, labels: object) -> None:
    values = np.array(labels)
    passed = require_targets(values, count=3, kind=kind, outputs=outputs)
    np.testing.assert_array_equal(passed, values)


@pytest.mark.parametrize(
    ("kind", "outputs", "labels", "message"),
    [
        ("ordinal", 3, [0.0, 3.0, 1.0], "classes from 0 to 2"),
        ("nominal", 2, [0.5, 0.0, 1.0], "classes from 0 to 1"),
        ("binary", 1, [0.5, 0.0, 1.0], "0, 1 or NaN"),
        ("mask", 2, [[0.5, 1.5]] * 3, "numbers from 0 to 1"),
        ("continuous", 2, [1.0, 2.0, 3.0], "labels of 2 numbers for each case"),
    ],
)
def test_wrong_labels_are_refused(kind: Label, outputs: int, labels: object, message: str) -> None:
    with pytest.raises(Unexpected) as refused:
        require_targets(np.array(labels), count=3, kind=kind, outputs=outputs)
    assert message in str(refused.value.args)
