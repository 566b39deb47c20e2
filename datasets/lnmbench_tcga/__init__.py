"""The data set `tcga`: the clinical tables of The Cancer Genome Atlas (Biotab)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `tcga`."""
    from lnmbench_tcga.tcga import Tcga

    return {"tcga": Tcga}
