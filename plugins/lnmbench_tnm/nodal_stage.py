"""N category as an auxiliary task: the ordered classes behind a binary nodal target."""

from __future__ import annotations

from lnmbench import Cohort
from lnmbench_tnm.label_columns import (
    describe_source,
    find_label_column,
    look_up,
    read_numbers,
    require_categories,
)
from lnmbench_tnm.label_heads import OrderedClasses
from lnmbench_tnm.label_task import LabelReading, LabelTask
from lnmbench_tnm.nodes import find_range

_CLASSES = 4


def pn() -> LabelTask:
    """Pathological N category (N0 < N1 < N2 < N3), by a cumulative link model.

    McCullagh 1980; rank-consistent as CORAL (Cao, Mirjalili & Raschka 2020). The labels contain a
    nodal target. As all auxiliary labels, they are used in training alone: no label of a test case
    reaches the network, so that nothing leaks, but the task repeats the target (LNM009).
    """
    return LabelTask("pn", "pathological N category", _read, OrderedClasses(_CLASSES))


def _read(cohort: Cohort) -> LabelReading:
    """Return rows (n, 4) of 0 and 1: N+ can be N1 to N3, NX is unknown."""
    import numpy as np

    # by its label alone: Pn0 in a column named Pn is perineural invasion
    column = find_label_column(cohort, "pn", "pn", by_name=False)
    require_categories(column, "N0, N1, N2, N3")
    ranges = [find_range(category, column) for category in column.categories]
    rows = [
        [np.nan] * _CLASSES
        if (low, high) == (0, _CLASSES - 1)
        else [float(low <= number <= high) for number in range(_CLASSES)]
        for low, high in ranges
    ]
    targets = look_up(read_numbers(cohort, column), rows)
    known = int((~np.isnan(targets[:, 0])).sum())
    return LabelReading(
        head=OrderedClasses(_CLASSES),
        targets=targets,
        notes=(
            describe_source("pn", column, known, len(targets)),
            "aux pn: the label contains the nodal target; it trains the network and is never a"
            " feature, so no label of a test case reaches its prediction",
        ),
    )
