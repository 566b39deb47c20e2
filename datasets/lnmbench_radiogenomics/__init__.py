"""The data set `radiogenomics`: NSCLC Radiogenomics of The Cancer Imaging Archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `radiogenomics`."""
    from lnmbench_radiogenomics.radiogenomics import Radiogenomics

    return {"radiogenomics": Radiogenomics}
