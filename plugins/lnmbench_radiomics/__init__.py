"""The feature extractor `radiomics`: features of tumors as the IBSI defines them, by MIRP."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lnmbench import hookimpl

if TYPE_CHECKING:
    from lnmbench.contracts import FeatureExtractor


@hookimpl
def register_feature_extractors() -> Mapping[str, Callable[..., FeatureExtractor]]:
    """Return the feature extractor `radiomics`."""
    from lnmbench_radiomics.extractor import Radiomics

    return {"radiomics": Radiomics}
