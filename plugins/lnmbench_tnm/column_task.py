"""Any column of the clinical table as an auxiliary task; its kind is that of the dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from lnmbench import Cohort, Column
from lnmbench.text import clean, join_first
from lnmbench_tnm.label_columns import describe_source, find_label_column, look_up, read_numbers
from lnmbench_tnm.label_heads import (
    BinaryLabel,
    Classes,
    LabelHead,
    Measurement,
    OrderedClasses,
)
from lnmbench_tnm.label_task import LabelReading, LabelTask

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_CLASSES = 8
"""Classes whose cases a note counts."""


def column(name: str) -> LabelTask:
    """A column of the clinical table: binary, nominal, ordinal or a number by its dictionary.

    Multi-task learning with labels at hand (Caruana, Multitask Learning, Machine Learning 1997).
    Numbers are in the unit of the column. The overall stage is refused, because it contains the N
    category.

    Parameters
    ----------
    name
        Label or name of the column.
    """
    task = f"column:name={clean(name)}"
    return LabelTask(task, f"column {clean(name)}", partial(_read, task=task, label=name))


def read_column(cohort: Cohort, column: Column, task: str) -> LabelReading:
    """Return the labels of a column with the head of its kind.

    Parameters
    ----------
    cohort
        The cohort.
    column
        The column.
    task
        The task, as the user writes it.
    """
    import numpy as np

    values = read_numbers(cohort, column)
    known = ~np.isnan(values)
    notes = [describe_source(task, column, int(known.sum()), len(values))]
    if column.kind == "continuous":
        return LabelReading(head=Measurement(), targets=values, notes=tuple(notes))
    notes += _describe_classes(values, column, task)
    if len(column.categories) == 2:
        return LabelReading(head=BinaryLabel(), targets=values, notes=tuple(notes))
    classes = len(column.categories)
    head: LabelHead = Classes(classes, kind="nominal")
    if column.kind == "ordinal":
        head = OrderedClasses(classes)
    return LabelReading(head=head, targets=look_up(values, np.eye(classes)), notes=tuple(notes))


def _read(cohort: Cohort, task: str, label: str) -> LabelReading:
    return read_column(cohort, find_label_column(cohort, task, label), task)


def _describe_classes(values: NDArray[np.float64], column: Column, task: str) -> Iterator[str]:
    """Yield a note with the number of cases of each class."""
    counts = [
        f"{clean(category)} {int((values == code).sum())}"
        for code, category in enumerate(column.categories)
    ]
    yield f"aux {task}: {column.kind}, {join_first(counts, _MOST_CLASSES)}"
