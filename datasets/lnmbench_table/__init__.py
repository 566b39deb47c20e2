"""The data sets `table`, a clinical table, and `folder` and `nnunet`, such a table with CT."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data sets `table`, `folder` and `nnunet`."""
    from lnmbench_table.folder import Folder
    from lnmbench_table.nnunet import Nnunet
    from lnmbench_table.table import Table

    return {"table": Table, "folder": Folder, "nnunet": Nnunet}
