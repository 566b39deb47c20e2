"""Rows of tables `tasks` and `labels`: the labels of auxiliary tasks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import AuxLabels


def task_row(labels: AuxLabels) -> tuple[object, ...]:
    """Return the row of table `tasks`: task, title, kind, known, shape and from_examples."""
    shape = json.dumps(labels.values.shape)
    return (labels.task, labels.title, labels.kind, labels.known, shape, labels.from_examples)


def label_rows(labels: AuxLabels) -> list[tuple[str, int, int, float]]:
    """Return the rows of table `labels`: task, output, case and value."""
    flat = labels.values.reshape(len(labels.values), -1)  # (n, outputs)
    return [(labels.task, output, case, value) for case, output, value in iterate_known(flat)]


def read_labels(row: tuple, rows: Iterable[tuple[int, int, float]]) -> AuxLabels:  # type: ignore[type-arg]  # columns differ
    """Return the labels of a task.

    Parameters
    ----------
    row
        Its row of table `tasks`.
    rows
        Case, output and value of each known label.
    """
    task, title, kind, known, shape, from_examples = row
    n, *rest = json.loads(shape)
    values = np.full((n, math.prod(rest)), np.nan)
    for case, output, value in rows:
        values[case, output] = value
    return AuxLabels(
        task=task,
        title=title,
        kind=kind,
        known=known,
        values=values.reshape(n, *rest),
        from_examples=bool(from_examples),
    )


def iterate_known(values: NDArray[np.float64]) -> Iterator[tuple[int, int, float]]:
    """Yield (case, output, value) of each number of (n, outputs) that is not NaN."""
    for case, output in np.argwhere(~np.isnan(values)).tolist():
        yield case, output, float(values[case, output])
