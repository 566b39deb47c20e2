"""Labels of auxiliary tasks in a ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from lnmbench.records import (
    AuxLabels,
    Plan,
    UnitResult,
)
from lnmbench.store.ledger import LedgerWriter

MakeResult = Callable[[Plan, int, int], UnitResult]
Change = Callable[..., None]


def test_the_labels_of_auxiliary_tasks_are_read_as_they_were_written(
    tmp_path: Path, plan: Plan
) -> None:
    classes = np.where(np.arange(30) % 4, np.arange(30) % 7, np.nan)
    boxes = np.arange(60.0).reshape(30, 2)
    written = [
        AuxLabels(task="pt:a=1", title="pT", kind="ordinal", known=22, values=classes),
        AuxLabels(task="box", title="box", kind="continuous", known=30, values=boxes),
    ]
    with LedgerWriter.create(tmp_path, plan) as ledger:
        ledger.add_labels(written)
        # what was learned is what is scored: a later version of the task changes nothing here
        ledger.add_labels([replace(written[1], values=boxes + 1)])
        result = ledger.labels()
    assert list(result) == ["box", "pt:a=1"]
    np.testing.assert_array_equal(result["pt:a=1"].values, classes)
    np.testing.assert_array_equal(result["box"].values, boxes)
    assert (result["pt:a=1"].kind, result["pt:a=1"].known) == ("ordinal", 22)
