"""The data set `lydata`: involvement of lymph node levels in head and neck cancer (lyDATA)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `lydata`."""
    from lnmbench_lydata.lydata import Lydata

    return {"lydata": Lydata}
