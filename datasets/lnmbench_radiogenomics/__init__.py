"""Offers `radiogenomics`: the NSCLC Radiogenomics collection of The Cancer Imaging Archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Offer the data set."""
    from lnmbench_radiogenomics.radiogenomics import Radiogenomics

    return {"radiogenomics": Radiogenomics}
