"""CT and tumour of TCGA's patients, told by DICOM headers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench import UserError, Volume

if TYPE_CHECKING:
    from lnmbench.imaging.dicom_index import Series

_REGIONS = ("SEG", "RTSTRUCT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which region is the tumour: a pattern for its name, the number of its series."""

    name: str | None = None
    series: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImages:
    """The DICOM series of one patient. Called, they are read."""

    series: tuple[Series, ...]
    choice: Choice

    def __call__(self) -> Volume:
        """Return the CT that the tumour was marked on, and the tumour.

        Raises `UserError` where no series marks it, several do, or one cannot be used.
        """
        from lnmbench.imaging.regions import read_region
        from lnmbench.imaging.series import choose_ct, read_ct

        marking = self._marking()
        ct, why = choose_ct(self.series, marking)
        image = read_ct(ct)
        region = read_region(marking.files[0], image, self.choice.name)
        return Volume(image=image, mask=region.mask, found=(why, region.found))

    def _marking(self) -> Series:
        if not self.series:
            raise UserError("the tumour is not marked", got="no DICOM file of the patient")
        every = [series for series in self.series if series.modality in _REGIONS]
        found = [s for s in every if self.choice.series in (None, s.number)]
        if len(found) == 1 and len(found[0].files) == 1:
            return found[0]
        told = ", ".join(f"{s.modality} series {s.number} ({len(s.files)} files)" for s in every)
        raise UserError(
            "the tumour is marked more than once" if found else "the tumour is not marked",
            expected="one DICOM SEG or RTSTRUCT",
            got=told or f"{len(self.series)} series of other kinds",
            then="choose one by region_series" if told else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """The images of a cohort; none of its cases has any where `by_patient` is empty."""

    by_patient: Mapping[str, tuple[Series, ...]] = field(default_factory=dict)
    choice: Choice = field(default_factory=Choice)
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_patient)

    def of(self, patient: str) -> Callable[[], Volume] | None:
        """Return what reads a patient's images, or None where the cohort has none."""
        if not self:
            return None
        return CaseImages(series=self.by_patient.get(patient, ()), choice=self.choice)


def find_images(root: Path, ids: Sequence[str], *, asked: str, choice: Choice) -> Images:
    """Return the images of these patients below a folder.

    Raises `UserError` where they are asked for (`yes`) and there are none.
    """
    if asked == "no":
        return Images()
    found = _by_patient(root)
    present = {id_: found[id_] for id_ in ids if id_ in found}
    if not present:
        if asked == "yes":
            raise UserError(
                f"no images of these patients under {root}",
                expected="DICOM files whose PatientID is a barcode TCGA-…",
                got=f"DICOM of {len(found)} other patients" if found else "no DICOM file",
            )
        return Images()
    return Images(
        by_patient=present,
        choice=choice,
        files=tuple(
            file
            for series in present.values()
            for one in series
            if one.modality in ("CT", *_REGIONS)
            for file in one.files
        ),
        notes=(_note(present, ids),),
    )


def _by_patient(root: Path) -> Mapping[str, tuple[Series, ...]]:
    from lnmbench.imaging.dicom_index import index_folder

    found: dict[str, list[Series]] = defaultdict(list)
    for series in index_folder(root):
        found[series.patient].append(series)
    return {patient: tuple(series) for patient, series in found.items()}


def _note(present: Mapping[str, Sequence[Series]], ids: Sequence[str]) -> str:
    marked = sum(any(s.modality in _REGIONS for s in series) for series in present.values())
    return (
        f"images: {len(present)} of {len(ids)} patients have DICOM series, {marked} of them a SEG "
        "or RTSTRUCT; a patient without CT or without a marked tumour is left out"
    )
