"""Choice of the DICOM series that marks a patient's tumor, by the rules of a collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lnmbench.errors import UserError
from lnmbench.text import plural

if TYPE_CHECKING:
    from pathlib import Path

    from lnmbench.imaging.dicom_series import Series

MODALITIES = ("SEG", "RTSTRUCT")


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationKind:
    """Kind of series that marks a tumor.

    `number` is the number of the series, `name` a pattern for the segment or ROI in it as in
    `regions.read_region`; None matches any.
    """

    modalities: tuple[str, ...] = MODALITIES
    number: int | None = None
    name: str | None = None

    def matches(self, series: Series) -> bool:
        """Return whether a series is of this kind."""
        return series.modality in self.modalities and self.number in (None, series.number)

    def __str__(self) -> str:
        number = "" if self.number is None else f" series {self.number}"
        return " or ".join(self.modalities) + number


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotationRules:
    """Rules by which a collection marks its tumors.

    The first of `kinds` of which a patient has a series is used. A series with a number in `never`
    is never used; the value is the reason. `then` is the next step of a user who has to choose.
    """

    kinds: tuple[AnnotationKind, ...]
    never: Mapping[int, str] = field(default_factory=dict)
    then: str = ""

    def __str__(self) -> str:
        return " or ".join(map(str, self.kinds))

    def select(self, kind: AnnotationKind, series: Sequence[Series]) -> tuple[Series, ...]:
        """Return the series of one kind that may be used."""
        return tuple(s for s in series if kind.matches(s) and s.number not in self.never)

    def describe(self, series: Series) -> str:
        """Return the series in words, with the reason if it is never used."""
        if series.number is None:
            return f"{series.modality} without number"
        reason = self.never.get(series.number)
        return f"{series.modality} series {series.number}" + (f" ({reason})" if reason else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """File that marks a patient's tumor, and its series.

    `name` is the pattern for the region in it; `left_out` are sentences on other annotations.
    """

    series: Series
    path: Path
    name: str | None
    left_out: tuple[str, ...]


def select_annotations(series: Sequence[Series]) -> tuple[Series, ...]:
    """Return the series that are segmentations or contours, used or not."""
    return tuple(candidate for candidate in series if candidate.modality in MODALITIES)


def choose_annotation(series: Sequence[Series], rules: AnnotationRules) -> Annotation:
    """Return the annotation of one patient's tumor.

    Raises `UserError` if no series or file marks it, or more than one does.
    """
    for kind in rules.kinds:
        candidates = rules.select(kind, series)
        if len(candidates) == 1 and len(candidates[0].files) == 1:
            (annotation,) = candidates
            others = [other for other in select_annotations(series) if other is not annotation]
            return Annotation(
                series=annotation,
                path=annotation.files[0],
                name=kind.name,
                left_out=tuple(f"left out: {rules.describe(other)}" for other in others),
            )
        if candidates:
            raise _refusal("the tumor is marked more than once", candidates, rules)
    annotations = select_annotations(series)
    if annotations:
        raise _refusal("the tumor is not marked", annotations, rules)
    raise UserError(
        "the tumor is not marked",
        expected=f"one DICOM {rules}",
        got=f"{len(series)} series of other kinds" if series else "no DICOM file of the patient",
    )


def _refusal(what: str, annotations: Sequence[Series], rules: AnnotationRules) -> UserError:
    descriptions = (
        f"{rules.describe(annotation)} with {plural(len(annotation.files), 'file')}"
        for annotation in annotations
    )
    return UserError(
        what, expected=f"one DICOM {rules}", got=", ".join(descriptions), then=rules.then
    )
