"""Offers `table`: a clinical table of your own with a dictionary of its columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Offer the data set."""
    from lnmbench_table.table import Table

    return {"table": Table}
