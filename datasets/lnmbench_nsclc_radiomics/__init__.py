"""The data set `nsclc_radiomics`: NSCLC-Radiomics (Lung1) of The Cancer Imaging Archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `nsclc_radiomics`."""
    from lnmbench_nsclc_radiomics.nsclc_radiomics import NsclcRadiomics

    return {"nsclc_radiomics": NsclcRadiomics}
