"""Images of a cohort: CT and tumor of each patient, identified by DICOM headers alone.

Modules that read DICOM are imported only when a folder is searched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmbench.errors import UserError
from lnmbench.imaging.tumor_source import AnnotationRules, choose_annotation, select_annotations
from lnmbench.records import Volume
from lnmbench.text import plural

if TYPE_CHECKING:
    from lnmbench.imaging.dicom_series import Series

UseImages = Literal["auto", "yes", "no"]
"""Whether images are required (`yes`), ignored (`no`), or used if the root is a folder (`auto`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseVolume:
    """DICOM series of one patient; calling it reads them, with the tumor."""

    series: tuple[Series, ...]
    rules: AnnotationRules

    def __call__(self) -> Volume:
        """Return the CT that the tumor was drawn on, and the tumor.

        Raises `UserError` without an annotation of the tumor or a CT, and if one cannot be used.
        """
        from lnmbench.imaging.ct_choice import choose_ct
        from lnmbench.imaging.identity import read_identity
        from lnmbench.imaging.regions import read_region
        from lnmbench.imaging.series import read_ct

        annotation = choose_annotation(self.series, self.rules)
        chosen = choose_ct(self.series, annotation.series)
        image = read_ct(chosen.series)
        region = read_region(annotation.path, image, annotation.name, same_space=True)
        return Volume(
            image=image,
            mask=region.mask,
            notes=(chosen.reason, region.note, *annotation.left_out),
            warnings=(*chosen.warnings, *region.warnings),
            identity=read_identity(chosen.series.files[0]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScan:
    """DICOM series of one patient; calling it reads the CT without the tumor."""

    series: tuple[Series, ...]
    rules: AnnotationRules

    def __call__(self) -> Volume:
        """Return the CT that the tumor was drawn on, if it was, with an empty mask.

        Raises `UserError` without a CT, and if it cannot be used.
        """
        from lnmbench.imaging.ct_choice import choose_ct
        from lnmbench.imaging.identity import read_identity
        from lnmbench.imaging.series import read_ct
        from lnmbench.imaging.whole_scan import empty_mask

        try:
            annotation = choose_annotation(self.series, self.rules).series
        except UserError:  # the scan alone is needed
            annotation = None
        chosen = choose_ct(self.series, annotation)
        image = read_ct(chosen.series)
        return Volume(
            image=image,
            mask=empty_mask(image),
            notes=(chosen.reason,),
            warnings=chosen.warnings,
            identity=read_identity(chosen.series.files[0]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImages:
    """Images of a cohort's patients, by the ids of its table.

    `by_patient` holds the series of patients with images, `others` all other series. A cohort
    without images is false.
    """

    patients: tuple[str, ...]
    rules: AnnotationRules
    by_patient: Mapping[str, tuple[Series, ...]] = field(default_factory=dict)
    others: tuple[Series, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.by_patient)

    def volume_of(self, patient: str) -> Callable[[], Volume] | None:
        """Return the reader of a patient's images; None if no patient of the cohort has any."""
        if not self:
            return None
        return CaseVolume(series=self.by_patient.get(patient, ()), rules=self.rules)

    def scan_of(self, patient: str) -> Callable[[], Volume] | None:
        """Return the reader of a patient's CT alone; None if no patient of the cohort has any."""
        if not self:
            return None
        return CaseScan(series=self.by_patient.get(patient, ()), rules=self.rules)

    @property
    def sources(self) -> tuple[Path, ...]:
        """The files that cases may be read from, patient by patient: CT and annotations."""
        used = {"CT", *(name for kind in self.rules.kinds for name in kind.modalities)}
        return tuple(
            file
            for patient in self.patients
            for series in self.by_patient.get(patient, ())
            if series.modality in used
            for file in series.files
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on the number of patients with images and annotations, and on unused series."""
        first = self._count_patients() if self else "no images: the clinical table alone"
        return (first, *self._describe_excluded(), *self._describe_others())

    def _count_patients(self) -> str:
        counts = ", ".join(
            f"{sum(bool(self.rules.select(kind, s)) for s in self.by_patient.values())} with {kind}"
            for kind in self.rules.kinds
        )
        return (
            f"images: {len(self.by_patient)} of {len(self.patients)} patients have DICOM series, "
            f"{counts}; a patient without CT or without a marked tumor is left out"
        )

    def _describe_excluded(self) -> Iterator[str]:
        annotations = select_annotations([s for series in self.by_patient.values() for s in series])
        for number, reason in self.rules.never.items():
            count = sum(annotation.number == number for annotation in annotations)
            if count:
                noun = plural(count, f"segmentation {reason}", f"segmentations {reason}")
                yield f"{noun} (series {number}) {'is' if count == 1 else 'are'} left out"

    def _describe_others(self) -> Iterator[str]:
        patients = len(set(_group_by_patient(self.others)) - {""})
        if patients:
            yield plural(
                patients,
                "more patient has DICOM series, but is not in the cohort",
                "more patients have DICOM series, but are not in the cohort",
            )
        unnamed = sum(len(series.files) for series in self.others if not series.patient)
        if unnamed:
            yield plural(
                unnamed,
                "DICOM file is damaged or has no patient ID",
                "DICOM files are damaged or have no patient ID",
            )


def sort_images(
    index: Sequence[Series], patients: Sequence[str], rules: AnnotationRules
) -> CaseImages:
    """Return the series of an index by patient.

    Parameters
    ----------
    index
        Series of a folder.
    patients
        Ids of the cohort's patients, which are their PatientIDs.
    rules
        Kinds of series that mark the tumor.
    """
    by_patient, known = _group_by_patient(index), set(patients)
    return CaseImages(
        patients=tuple(patients),
        rules=rules,
        by_patient={id_: by_patient[id_] for id_ in patients if id_ in by_patient},
        others=tuple(series for series in index if series.patient not in known),
    )


def find_case_images(
    root: Path, patients: Sequence[str], rules: AnnotationRules, *, use: UseImages, collection: str
) -> CaseImages:
    """Return the images of a cohort.

    Parameters
    ----------
    root
        Folder of the images, or the cohort's table in that folder.
    patients
        Ids of the cohort's patients, which are their PatientIDs.
    rules
        Kinds of series that mark the tumor.
    use
        `no` for no images, `yes` to require them; `auto` for none if `root` is a file.
    collection
        Name of the cohort in error messages.

    Raises
    ------
    UserError
        If images are required and no patient has any.
    """
    if use == "no" or (use == "auto" and not root.is_dir()):
        return CaseImages(patients=tuple(patients), rules=rules)
    from lnmbench.imaging.dicom_index import index_folder

    images = sort_images(index_folder(root if root.is_dir() else root.parent), patients, rules)
    if use == "yes" and not images:
        others = len(_group_by_patient(images.others))
        raise UserError(
            f"no images of {collection} under {root}",
            expected="DICOM files whose PatientID is in the clinical table",
            got=f"DICOM of {plural(others, 'other patient')}" if others else "no DICOM file",
        )
    return images


def _group_by_patient(index: Sequence[Series]) -> Mapping[str, tuple[Series, ...]]:
    """Return the series by PatientID; damaged files, and those without one, under an empty id."""
    by_patient: dict[str, list[Series]] = defaultdict(list)
    for series in index:
        by_patient[series.patient].append(series)
    return {patient: tuple(series) for patient, series in by_patient.items()}
