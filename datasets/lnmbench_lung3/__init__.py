"""The data set `lung3`: NSCLC-Radiomics-Genomics (Lung3) of The Cancer Imaging Archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `lung3`."""
    from lnmbench_lung3.lung3 import Lung3

    return {"lung3": Lung3}
