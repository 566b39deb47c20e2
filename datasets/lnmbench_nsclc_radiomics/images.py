"""CT and tumour of each patient of Lung1, told by DICOM headers alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lnmbench import UserError, Volume
from lnmbench.imaging.dicom_index import DAMAGED, Series, index_folder
from lnmbench.imaging.regions import region_from_rtstruct, region_from_seg
from lnmbench.imaging.series import choose_ct, read_ct

if TYPE_CHECKING:
    import SimpleITK as sitk

    from lnmbench.imaging.regions import Region

# The primary tumour; GTV-2 and later ones are nodes and further lesions.
_ROI = "GTV-1,gtv-pre-op"
_SEGMENT = "Neoplasm, Primary"
KINDS = ("RTSTRUCT", "SEG")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseImages:
    """The DICOM series of one patient. Called, they are read."""

    series: tuple[Series, ...]

    def __call__(self) -> Volume:
        """Return the CT that the patient's tumour was drawn on, and the tumour.

        The structure set is taken where there is one, else the segmentation that the collection's
        authors made of it. Raises `UserError` where neither is there, or cannot be used.
        """
        drawn = self._drawing()
        ct, why = choose_ct(self.series, drawn)
        image = read_ct(ct)
        region = _region(drawn, image)
        return Volume(image=image, mask=region.mask, found=(why, region.found))

    def _drawing(self) -> Series:
        for kind in KINDS:
            drawn = [series for series in self.series if series.modality == kind]
            if len(drawn) == 1 and len(drawn[0].files) == 1:
                return drawn[0]
            if drawn:
                raise UserError(
                    "the tumour is marked more than once",
                    expected=f"one {kind} with one file",
                    got=", ".join(f"series {s.number} ({len(s.files)} files)" for s in drawn),
                )
        raise UserError(
            "the tumour is not marked",
            expected=" or ".join(KINDS),
            got=f"{len(self.series)} series of other kinds"
            if self.series
            else "no DICOM file of the patient",
        )


def find_images(root: Path) -> Mapping[str, tuple[Series, ...]]:
    """Return the DICOM series below a folder by PatientID; damaged files are under an empty id."""
    found: dict[str, list[Series]] = defaultdict(list)
    for series in index_folder(root):
        found["" if series.modality == DAMAGED else series.patient].append(series)
    return {patient: tuple(series) for patient, series in found.items()}


def image_files(series: Sequence[Series]) -> Iterator[Path]:
    """Yield the files that a case may be read from."""
    for one in series:
        if one.modality in ("CT", *KINDS):
            yield from one.files


def image_notes(found: Mapping[str, Sequence[Series]], patients: Sequence[str]) -> Iterator[str]:
    """Say how many patients have images, and what below the folder is of no use."""
    present = [found[id_] for id_ in patients if id_ in found]
    marked = {kind: sum(any(s.modality == kind for s in p) for p in present) for kind in KINDS}
    yield (
        f"images: {len(present)} of {len(patients)} patients have DICOM series, "
        f"{marked['RTSTRUCT']} an RTSTRUCT, {marked['SEG']} a SEG; a patient without CT or without "
        "both is left out"
    )
    strangers = len(set(found) - set(patients) - {""})
    if strangers:
        yield f"{strangers} patients have DICOM series, but are not in the clinical table"
    damaged = sum(len(series.files) for series in found.get("", ()))
    if damaged:
        yield f"{damaged} DICOM files are damaged or name no patient"


def _region(drawn: Series, image: sitk.Image) -> Region:
    (path,) = drawn.files
    if drawn.modality == "RTSTRUCT":
        return region_from_rtstruct(path, image, _ROI)
    return region_from_seg(path, image, _SEGMENT)
