"""Which of a patient's DICOM series marks the tumor: a collection's habit as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmbench.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from lnmbench.imaging.dicom_index import Series

MODALITIES = ("SEG", "RTSTRUCT")


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedBy:
    """One kind of series that marks a tumor.

    `number` is the number of the series, `name` a pattern for the segment or ROI in it, as
    `regions.read_region` takes it; None where neither matters.
    """

    modalities: tuple[str, ...] = MODALITIES
    number: int | None = None
    name: str | None = None

    def is_kind_of(self, series: Series) -> bool:
        """Return whether a series is of this kind."""
        return series.modality in self.modalities and self.number in (None, series.number)

    def __str__(self) -> str:
        number = "" if self.number is None else f" series {self.number}"
        return " or ".join(self.modalities) + number


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """How a collection marks its tumors.

    Of `kinds`, the first of which a patient has a series counts. A series with a number in `never`
    is no mark; its value says why. `then` is the next step of a user who has to choose.
    """

    kinds: tuple[MarkedBy, ...]
    never: Mapping[int, str] = field(default_factory=dict)
    then: str = ""

    def __str__(self) -> str:
        return " or ".join(map(str, self.kinds))

    def of_kind(self, kind: MarkedBy, series: Sequence[Series]) -> tuple[Series, ...]:
        """Return the series of one kind that may be used."""
        return tuple(s for s in series if kind.is_kind_of(s) and s.number not in self.never)

    def name_of(self, series: Series) -> str:
        """Return the series in words, with the reason where it is never used."""
        if series.number is None:
            return f"{series.modality} without number"
        why = self.never.get(series.number)
        return f"{series.modality} series {series.number}" + (f" ({why})" if why else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The file that marks a patient's tumor, its series, the region in it, and what is not used.

    `name` is the pattern for the region; `left_out` are sentences on the other marks.
    """

    series: Series
    path: Path
    name: str | None
    left_out: tuple[str, ...]


def marks_among(series: Sequence[Series]) -> tuple[Series, ...]:
    """Return the series that mark anything at all, used or not."""
    return tuple(one for one in series if one.modality in MODALITIES)


def choose_mark(series: Sequence[Series], marking: Marking) -> Mark:
    """Return what marks the tumor of one patient.

    Raises `UserError` where nothing does, or more than one series or file does.
    """
    for kind in marking.kinds:
        found = marking.of_kind(kind, series)
        if len(found) == 1 and len(found[0].files) == 1:
            others = [one for one in marks_among(series) if one is not found[0]]
            return Mark(
                series=found[0],
                path=found[0].files[0],
                name=kind.name,
                left_out=tuple(f"left out: {marking.name_of(one)}" for one in others),
            )
        if found:
            raise _refusal("the tumor is marked more than once", found, marking)
    every = marks_among(series)
    if every:
        raise _refusal("the tumor is not marked", every, marking)
    raise UserError(
        "the tumor is not marked",
        expected=f"one DICOM {marking}",
        got=f"{len(series)} series of other kinds" if series else "no DICOM file of the patient",
    )


def _refusal(what: str, marks: Sequence[Series], marking: Marking) -> UserError:
    counted = (
        f"{marking.name_of(one)} with {len(one.files)} file{'s' * (len(one.files) != 1)}"
        for one in marks
    )
    return UserError(
        what, expected=f"one DICOM {marking}", got=", ".join(counted), then=marking.then
    )
