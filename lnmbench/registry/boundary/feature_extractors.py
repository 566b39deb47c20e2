"""Feature extractors behind the boundary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from lnmbench.contracts import FeatureExtractor
from lnmbench.records import LARGEST_NUMBER, Column
from lnmbench.registry.boundary.calls import Boundary
from lnmbench.registry.boundary.columns import MOST_COLUMNS, require_features
from lnmbench.registry.boundary.values import (
    Unexpected,
    require_mapping,
    require_number,
    require_text,
)

if TYPE_CHECKING:
    import SimpleITK as sitk


class GuardedFeatureExtractor:
    """A feature extractor of a plugin, whose values its columns can hold.

    Parameters
    ----------
    extractor
        The plugin's object.
    boundary
        Its boundary.
    """

    def __init__(self, extractor: FeatureExtractor, boundary: Boundary) -> None:
        self._extractor = extractor
        self._boundary = replace(boundary, names_refusals=False)

    @cached_property
    def columns(self) -> Sequence[Column]:
        """Columns that it fills."""
        return self._boundary.read("columns", _require_numbers_of_one_modality, self._extractor)

    @cached_property
    def software(self) -> str:
        """Name and version of the library that computes the features."""
        return self._boundary.read("software", require_text, self._extractor)

    def extract(self, image: sitk.Image, mask: sitk.Image) -> Mapping[str, float]:
        """Return the features of one case by name of the column."""
        check = partial(_require_values, names={column.name for column in self.columns})
        return self._boundary.call("extract", check, self._extractor.extract, image, mask)


def _require_numbers_of_one_modality(value: object) -> Sequence[Column]:
    columns = require_features(value)
    if not columns:
        raise Unexpected("at least one column", "none")
    for column in columns:
        if column.kind != "continuous":
            raise Unexpected("continuous features", f"column {column.name!r} is {column.kind}")
    modalities = sorted({column.modality for column in columns})
    if len(modalities) > 1:
        raise Unexpected("columns of one modality", ", ".join(modalities[:5]))
    return columns


def _require_values(value: object, *, names: set[str]) -> Mapping[str, float]:
    values: dict[str, float] = {}
    for name, number in require_mapping(value, most=MOST_COLUMNS).items():
        if name not in names:
            raise Unexpected("values of its columns", f"one of {name[:40]!r}")
        try:
            values[name] = require_number(
                number, low=-LARGEST_NUMBER, high=LARGEST_NUMBER, nan=True
            )
        except Unexpected as unexpected:
            raise Unexpected(f"{unexpected.expected} as {name}", unexpected.got) from None
    return values
