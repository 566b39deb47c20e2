"""The data set `cbioportal`: the clinical tables of a study in cBioPortal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import Dataset


@hookimpl
def register_datasets() -> Mapping[str, Callable[..., Dataset]]:
    """Return the data set `cbioportal`."""
    from lnmbench_cbioportal.cbioportal import Cbioportal

    return {"cbioportal": Cbioportal}
