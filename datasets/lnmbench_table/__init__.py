"""The data sets `table`, a clinical table of yours, and `folder`, such a table with CT images."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data sets `table` and `folder`."""
    from lnmbench_table.folder import Folder
    from lnmbench_table.table import Table

    return {"table": Table, "folder": Folder}
