"""Cohorts: their description, their preprocessing and their table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from lnmbench.errors import UserError, nearest
from lnmbench.records.column import OMITTED_BY_DEFAULT, Column
from lnmbench.records.modalities import sort_modalities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Description of a data set, stored in its cohort file, in ledgers and in reports.

    `truth` has known quantities of a synthetic cohort by name; it is empty for real data.
    `synthetic` marks all tables of the cohort.
    """

    title: str
    license: str
    source: str
    citation: str
    labels: str
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    truth: Mapping[str, float] = field(default_factory=dict)


Region = Literal["tumor", "none"]
"""The part of a scan that a cohort file has: patches around the tumor, or the whole scan."""

WHOLE_SLICES = 32
"""Slices of a whole scan, by default."""

WHOLE_SPACING_MM = (1.6, 1.6, 5.0)
"""Spacing of a whole scan, by default: patches of 224 pixels show 36 cm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """Grid of the patches of a cohort file.

    Spacing is in mm along x, y, z; `patch` is the number of pixels along x and y.
    `allow_implausible` takes images whose values are not HU, such as phantoms. `native_mm` is the
    distance from the tumor's center up to which the file keeps the CT at its own resolution, 0 for
    no such boxes. With the `region` none, patches are `slices` slices of the whole scan, cropped
    around the body; otherwise they are around the tumor, on all slices that show it.
    """

    spacing_mm: tuple[float, float, float] = (0.7, 0.7, 5.0)
    patch: int = 224
    air_hu: int = -1024
    allow_implausible: bool = field(default=False, metadata={OMITTED_BY_DEFAULT: True})
    native_mm: float = field(default=0.0, metadata={OMITTED_BY_DEFAULT: True})
    region: Region = field(default="tumor", metadata={OMITTED_BY_DEFAULT: True})
    slices: int = field(default=WHOLE_SLICES, metadata={OMITTED_BY_DEFAULT: True})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cohort:
    """Table of a cohort, and the positions of its images in the cohort file.

    `values[name]` is float64 of shape (n,): the number, or the index of the category, with NaN
    if missing. Columns of the roles id, patient and center are str arrays of shape (n,)
    instead. `offsets` is int64 of shape (n + 1,): the slices of case i are
    `offsets[i]:offsets[i + 1]` of the cohort file; all zeros without images. `read_masks(i)`
    returns the tumor masks of case i, uint8 (slices, patch, patch) of 0 and 1; it is None for a
    cohort that is not read from a file with images, and for whole scans. `is_estimate` is True
    before ingest: the slices are not those that the cohort will have.
    """

    name: str
    ids: tuple[str, ...]
    columns: tuple[Column, ...]
    values: Mapping[str, NDArray[np.float64] | NDArray[np.str_]]
    offsets: NDArray[np.int64]
    card: Card
    fingerprint: str
    preprocessing: Preprocessing = field(default_factory=Preprocessing)
    read_masks: Callable[[int], NDArray[np.uint8]] | None = field(default=None, repr=False)
    is_estimate: bool = False

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def case_has_images(self) -> NDArray[np.bool_]:
        """Return whether a case has images, at least one slice, (n,)."""
        has_slices: NDArray[np.bool_] = self.offsets[1:] > self.offsets[:-1]
        return has_slices

    @property
    def has_images(self) -> bool:
        """Return whether each case has images."""
        return bool(len(self.ids)) and bool(self.case_has_images.all())

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns known before surgery that may enter a model."""
        return tuple(c for c in self.columns if c.role == "feature")

    @property
    def modalities(self) -> tuple[str, ...]:
        """The modalities of the features, the clinical features first."""
        return sort_modalities(column.modality for column in self.features)

    @property
    def groups(self) -> tuple[str, ...]:
        """The patient of each case; splits keep cases of a patient together."""
        for column in self.columns:
            if column.role == "patient":
                return tuple(str(v) for v in self.values[column.name])
        return self.ids

    def positions(self, ids: Iterable[str]) -> NDArray[np.int64]:
        """Return the positions of cases in the cohort, (n,)."""
        import numpy as np

        position = {case: index for index, case in enumerate(self.ids)}
        return np.array([position[case] for case in ids], dtype=np.int64)

    def select_modalities(self, names: Iterable[str] | None) -> Cohort:
        """Return the cohort with the features of some modalities, None for all.

        Raises `UserError` for a modality that no feature has.
        """
        if names is None:
            return self
        chosen = tuple(names)
        for name in chosen:
            if name not in self.modalities:
                raise UserError(
                    f"cohort {self.name} has no features of the modality {name[:40]!r}",
                    then=nearest(name, self.modalities).replace("known:", "its modalities:"),
                )
        columns = tuple(c for c in self.columns if c.role != "feature" or c.modality in chosen)
        return replace(self, columns=columns)

    def find_column(self, label: str) -> Column | None:
        """Return the column that serves a target or auxiliary task, or None."""
        for column in self.columns:
            if column.label == label and column.role in ("target", "aux"):
                return column
        return None

    def require(self, *labels: str) -> Column:
        """Return the first column that serves one of the labels, or raise `UserError`."""
        for label in labels:
            column = self.find_column(label)
            if column is not None:
                return column
        labels_present = [c.label for c in self.columns if c.label and c.role in ("target", "aux")]
        known = nearest(labels[0], labels_present).replace("known:", "its labels:")
        add = f'give a column role = "target" and label = "{labels[0]}" in its dictionary'
        raise UserError(
            f"cohort {self.name!r} has no column labeled {' or '.join(labels)}",
            then=known if labels_present else add,
        )
