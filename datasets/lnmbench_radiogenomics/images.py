"""CT and tumour of each patient of NSCLC Radiogenomics, told by DICOM headers alone.

The collection's segmentations (by Stanford) are series 1000 of a patient's study. The archive IDC
adds segmentations by an algorithm, series 300, to the same studies; they are no annotations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lnmbench import UserError, Volume
from lnmbench.imaging.dicom_index import DAMAGED, Series, index_folder
from lnmbench.imaging.regions import region_from_seg
from lnmbench.imaging.series import choose_ct, read_ct

_STANFORD, _ALGORITHM = 1000, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImages:
    """The DICOM series of one patient. Called, they are read."""

    series: tuple[Series, ...]

    def __call__(self) -> Volume:
        """Return the CT that the patient's segmentation was drawn on, and the tumour.

        Raises `UserError` where there is no segmentation, no CT, or one cannot be used.
        """
        segmentation, left_out = self._segmentation()
        ct, why = choose_ct(self.series, segmentation)
        image = read_ct(ct)
        region = region_from_seg(segmentation.files[0], image)
        return Volume(image=image, mask=region.mask, found=(why, region.found, *left_out))

    def _segmentation(self) -> tuple[Series, tuple[str, ...]]:
        every = [series for series in self.series if series.modality == "SEG"]
        drawn = [series for series in every if series.number == _STANFORD]
        if len(drawn) != 1 or len(drawn[0].files) != 1:
            raise UserError(
                f"{'no' if not drawn else 'more than one'} segmentation of the tumour",
                expected=f"one DICOM SEG, series {_STANFORD}",
                got=self._told(every),
            )
        others = [series for series in every if series is not drawn[0]]
        return drawn[0], tuple(f"left out: segmentation {_name(series)}" for series in others)

    def _told(self, segmentations: Sequence[Series]) -> str:
        if not self.series:
            return "no DICOM file of the patient"
        if not segmentations:
            return f"{len(self.series)} series, none of them a segmentation"
        return ", ".join(
            f"{_name(series)} with {len(series.files)} files" for series in segmentations
        )


def find_images(root: Path) -> Mapping[str, tuple[Series, ...]]:
    """Return the DICOM series below a folder by PatientID; damaged files are under an empty id."""
    found: dict[str, list[Series]] = defaultdict(list)
    for series in index_folder(root):
        found["" if series.modality == DAMAGED else series.patient].append(series)
    return {patient: tuple(series) for patient, series in found.items()}


def image_files(series: Sequence[Series]) -> Iterator[Path]:
    """Yield the files that a case may be read from: those of CT and segmentations."""
    for one in series:
        if one.modality in ("CT", "SEG"):
            yield from one.files


def image_notes(found: Mapping[str, Sequence[Series]], patients: Sequence[str]) -> Iterator[str]:
    """Say how many patients have images, and what below the folder is of no use."""
    drawn = sum(any(s.number == _STANFORD for s in found.get(id_, ())) for id_ in patients)
    present = sum(id_ in found for id_ in patients)
    yield (
        f"images: {present} of {len(patients)} patients have DICOM series, {drawn} of them a "
        f"segmentation (series {_STANFORD}); a patient without CT or segmentation is left out"
    )
    algorithm = sum(
        series.modality == "SEG" and series.number == _ALGORITHM
        for id_ in patients
        for series in found.get(id_, ())
    )
    if algorithm:
        yield f"{algorithm} segmentations by IDC's algorithm (series {_ALGORITHM}) are left out"
    strangers = len(set(found) - set(patients) - {""})
    if strangers:
        yield f"{strangers} patients have DICOM series, but are not in the clinical table"
    damaged = sum(len(series.files) for series in found.get("", ()))
    if damaged:
        yield f"{damaged} DICOM files are damaged or name no patient"


def _name(series: Series) -> str:
    number = "without number" if series.number is None else str(series.number)
    return f"series {number}{' (by an algorithm)' if series.number == _ALGORITHM else ''}"
