"""The images of a cohort: CT and tumor of each patient, told by DICOM headers alone.

Nothing that reads DICOM is imported before there is a folder to look through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmbench.errors import UserError
from lnmbench.imaging.tumor_source import Marking, choose_mark, marks_among
from lnmbench.records import Volume

if TYPE_CHECKING:
    from lnmbench.imaging.dicom_index import Series

Asked = Literal["auto", "yes", "no"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVolume:
    """The DICOM series of one patient. Called, they are read."""

    series: tuple[Series, ...]
    marking: Marking

    def __call__(self) -> Volume:
        """Return the CT that the tumor was drawn on, and the tumor.

        Raises `UserError` where nothing marks the tumor, there is no CT, or one cannot be used.
        """
        from lnmbench.imaging.regions import read_region
        from lnmbench.imaging.series import choose_ct, read_ct

        mark = choose_mark(self.series, self.marking)
        ct, why = choose_ct(self.series, mark.series)
        image = read_ct(ct)
        region = read_region(mark.path, image, mark.name)
        return Volume(image=image, mask=region.mask, found=(why, region.found, *mark.left_out))


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImages:
    """The images of a cohort's patients, by the ids of its table.

    `by_patient` holds the series of those who have any, `others` what else was found. A cohort
    without images is false.
    """

    patients: tuple[str, ...]
    marking: Marking
    by_patient: Mapping[str, tuple[Series, ...]] = field(default_factory=dict)
    others: tuple[Series, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_patient)

    def volume_of(self, patient: str) -> Callable[[], Volume] | None:
        """Return what reads a patient's images; None where no patient of the cohort has any."""
        if not self:
            return None
        return CaseVolume(series=self.by_patient.get(patient, ()), marking=self.marking)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that cases may be read from, patient by patient: CT and what marks tumors."""
        used = {"CT", *(name for kind in self.marking.kinds for name in kind.modalities)}
        return tuple(
            file
            for patient in self.patients
            for series in self.by_patient.get(patient, ())
            if series.modality in used
            for file in series.files
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """How many patients have images and marked tumors, and what was of no use."""
        first = self._counted() if self else "no images: the clinical table alone"
        return (first, *self._never_used(), *self._of_nobody())

    def _counted(self) -> str:
        counts = ", ".join(
            f"{sum(bool(self.marking.of_kind(kind, s)) for s in self.by_patient.values())} "
            f"with {kind}"
            for kind in self.marking.kinds
        )
        return (
            f"images: {len(self.by_patient)} of {len(self.patients)} patients have DICOM series, "
            f"{counts}; a patient without CT or without a marked tumor is left out"
        )

    def _never_used(self) -> Iterator[str]:
        marks = marks_among([s for series in self.by_patient.values() for s in series])
        for number, why in self.marking.never.items():
            count = sum(mark.number == number for mark in marks)
            if count:
                yield f"{count} segmentations {why} (series {number}) are left out"

    def _of_nobody(self) -> Iterator[str]:
        strangers = len(set(_by_patient(self.others)) - {""})
        if strangers:
            yield f"{strangers} more patients have DICOM series, but are not in the cohort"
        unnamed = sum(len(series.files) for series in self.others if not series.patient)
        if unnamed:
            yield f"{unnamed} DICOM files are damaged or name no patient"


def sort_images(index: Sequence[Series], patients: Sequence[str], marking: Marking) -> CaseImages:
    """Return the series of an index by the patients of a cohort, whose ids are their PatientIDs."""
    found, known = _by_patient(index), set(patients)
    return CaseImages(
        patients=tuple(patients),
        marking=marking,
        by_patient={id_: found[id_] for id_ in patients if id_ in found},
        others=tuple(series for series in index if series.patient not in known),
    )


def find_case_images(
    root: Path, patients: Sequence[str], marking: Marking, *, asked: Asked, collection: str
) -> CaseImages:
    """Return the images of a cohort below a folder, or beside its table where `root` is a file.

    With `no` there are none, nor with `auto` where `root` is a file. Raises `UserError` where they
    are asked for (`yes`) and no patient has any; `collection` names the cohort in it.
    """
    if asked == "no" or (asked == "auto" and not root.is_dir()):
        return CaseImages(patients=tuple(patients), marking=marking)
    from lnmbench.imaging.dicom_index import index_folder

    images = sort_images(index_folder(root if root.is_dir() else root.parent), patients, marking)
    if asked == "yes" and not images:
        others = len(_by_patient(images.others))
        raise UserError(
            f"no images of {collection} under {root}",
            expected="DICOM files whose PatientID stands in the clinical table",
            got=f"DICOM of {others} other patients" if others else "no DICOM file",
        )
    return images


def _by_patient(index: Sequence[Series]) -> Mapping[str, tuple[Series, ...]]:
    """Return the series by PatientID; damaged files, and those without one, under an empty id."""
    found: dict[str, list[Series]] = defaultdict(list)
    for series in index:
        found[series.patient].append(series)
    return {patient: tuple(series) for patient, series in found.items()}
