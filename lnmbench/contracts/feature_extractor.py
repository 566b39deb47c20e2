"""Contract of extractors of features from the CT."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from lnmbench.records import Column

if TYPE_CHECKING:
    import SimpleITK as sitk


@runtime_checkable
class FeatureExtractor(Protocol):
    """Extraction of features from the CT of a case and its tumor mask, at ingest."""

    @property
    def columns(self) -> Sequence[Column]:
        """Columns that it fills: continuous features known before surgery, of one modality."""

    @property
    def software(self) -> str:
        """Name and version of the library that computes the features; part of their cache key."""

    def extract(self, image: sitk.Image, mask: sitk.Image) -> Mapping[str, float]:
        """Return the features of one case by name of the column.

        A feature that is undefined for the case is NaN, or omitted. `UserError` says why a case has
        no features at all.

        Parameters
        ----------
        image
            The CT in HU, on the grid of its series, int16 or float32.
        mask
            The tumor mask on the same grid: 0 outside, 1 inside.
        """
