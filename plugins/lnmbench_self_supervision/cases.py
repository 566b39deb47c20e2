"""Cases with enough slices for a task, and bags of their slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lnmbench import Cohort

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def find_cases(cohort: Cohort, fewest: int) -> NDArray[np.float64]:
    """Return 1 for each case with at least so many slices, else NaN, (n,)."""
    import numpy as np

    return np.where(np.diff(cohort.offsets) >= fewest, 1.0, np.nan)


def describe_cases(name: str, cohort: Cohort, fewest: int) -> tuple[str, ...]:
    """Return a note on the cases that have too few slices for a task.

    Parameters
    ----------
    name
        The name of the task.
    cohort
        The cohort.
    fewest
        The number of slices that a case needs.
    """
    import numpy as np

    short = int(np.isnan(find_cases(cohort, fewest)).sum())
    if not short:
        return ()
    return (f"aux {name}: {short} of {len(cohort)} cases have fewer than {fewest} slices",)


def pad_rows(bags: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the rows of bags in one array (bags, longest), -1 after the last row of each.

    Parameters
    ----------
    bags
        The rows of each bag.
    """
    import numpy as np

    rows = np.full((len(bags), max(map(len, bags))), -1, np.int64)
    for bag, padded in zip(bags, rows, strict=True):
        padded[: len(bag)] = bag
    return rows
