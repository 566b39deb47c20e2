"""Native boxes of a cohort file."""

from __future__ import annotations

from pathlib import Path

from lnmbench.records import NativeBox
from lnmbench.store import box_table
from lnmbench.store.cohort_opening import open_cohort


def read_box(path: Path, case: int) -> NativeBox | None:
    """Return the native box of a case after its checksums, None for a case without images.

    Parameters
    ----------
    path
        The cohort file, which keeps native boxes.
    case
        The number of the case.
    """
    with open_cohort(path) as file:
        return box_table.read_box(file, case)


def read_box_bytes(path: Path) -> int:
    """Return the bytes of all native boxes in a cohort file, 0 without boxes."""
    with open_cohort(path) as file:
        return box_table.box_bytes(file)
