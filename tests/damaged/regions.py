"""Damaged or unsuitable segmentations, structure sets, masks and points."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from lnmbench_table.points import read_points
from module_files import load_module
from pydicom.dataset import Dataset

from lnmbench.imaging.regions import read_region, region_from_mask

_made = load_module(
    Path(__file__).parents[1] / "imaging" / "regions" / "conftest.py", "regions_made_for_damage"
)
_IMAGE = _made.axial()


def _blob() -> np.ndarray:
    blob = np.zeros((6, 10, 12), dtype=np.float32)
    blob[2:4, 3:5, 4:9] = 1
    return blob


def _square(z: float, side: float = 4.5) -> list[tuple[float, ...]]:
    corners = ((1.5, 1.5, z), (side, 1.5, z), (side, side, z), (1.5, side, z))
    return [_IMAGE.TransformContinuousIndexToPhysicalPoint(corner) for corner in corners]


def _seg(
    names: Sequence[str] = ("GTV-1",),
    name: str | None = None,
    change: Callable[[Dataset], None] = lambda dataset: None,
    image: sitk.Image = _IMAGE,
) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        blobs = {label: np.roll(_blob(), i, axis=0) for i, label in enumerate(names)}
        path = _made.seg_file(folder / "seg.dcm", _IMAGE, blobs, change=change)
        return read_region(path, image, name)

    return read


def _rtstruct(
    contours: Sequence[object],
    kind: str = "CLOSED_PLANAR",
    change: Callable[[Dataset], None] = lambda dataset: None,
    image: sitk.Image = _IMAGE,
) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        path = folder / "rtstruct.dcm"
        _made.rtstruct_file(path, {"GTV-1": contours}, kind=kind, change=change)
        return read_region(path, image)

    return read


def _mask(array: np.ndarray, label: int | None = None) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        mask = sitk.GetImageFromArray(array, isVector=array.ndim == 4)
        sitk.WriteImage(mask, str(folder / "mask.nrrd"))
        image = sitk.Image(12, 10, 6, sitk.sitkInt16)
        return region_from_mask(folder / "mask.nrrd", image, label)

    return read


def _elsewhere(folder: Path) -> object:
    mask = sitk.GetImageFromArray(_blob().astype(np.uint8))
    mask.SetOrigin((500, 500, 500))
    sitk.WriteImage(mask, str(folder / "mask.nii.gz"))
    return read_region(folder / "mask.nii.gz", _IMAGE)


def _moved(folder: Path, **geometry: Sequence[float]) -> object:
    mask = sitk.GetImageFromArray(_blob().astype(np.uint8))
    mask.CopyInformation(_IMAGE)
    for name, value in geometry.items():
        getattr(mask, f"Set{name}")(value)
    sitk.WriteImage(mask, str(folder / "mask.nrrd"))
    return read_region(folder / "mask.nrrd", _IMAGE)


def _other_grid(folder: Path) -> object:
    mask = sitk.Image((11, 9, 6), sitk.sitkUInt8)
    mask.SetSpacing((1.1, 1.1, 5.0))
    mask.SetOrigin(_IMAGE.GetOrigin())
    mask[2:4, 2:4, 2:4] = 1
    sitk.WriteImage(mask, str(folder / "mask.nrrd"))
    return read_region(folder / "mask.nrrd", _IMAGE)


def _full(folder: Path) -> object:
    mask = sitk.GetImageFromArray(1 - _blob().astype(np.uint8))
    mask.CopyInformation(_IMAGE)
    sitk.WriteImage(mask, str(folder / "mask.nrrd"))
    return read_region(folder / "mask.nrrd", _IMAGE)


def _cut(suffix: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        path = folder / f"mask{suffix}"
        sitk.WriteImage(sitk.GetImageFromArray(_blob().astype(np.uint8)), str(path))
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])
        return read_region(path, _IMAGE)

    return read


def _cut_seg(folder: Path) -> object:
    path = _made.seg_file(folder / "seg.dcm", _IMAGE, {"GTV-1": _blob()})
    content = path.read_bytes()
    path.write_bytes(content[: len(content) - 60])
    return read_region(path, _IMAGE)


def _nan_in_directions(folder: Path) -> object:
    path = folder / "mask.nii"
    sitk.WriteImage(sitk.GetImageFromArray(_blob().astype(np.uint8)), str(path))
    content = bytearray(path.read_bytes())
    struct.pack_into("<f", content, 284, np.nan)
    path.write_bytes(bytes(content))
    return read_region(path, _IMAGE)


def _far_apart(dataset: Dataset) -> None:
    for place, group in enumerate(dataset.PerFrameFunctionalGroupsSequence):
        group.PlanePositionSequence[0].ImagePositionPatient = [-20, -30, 5 + 90000 * place]


def _too_wide(dataset: Dataset) -> None:
    dataset.Rows, dataset.Columns = 65535, 65535
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.RLELossless
    dataset.PixelData = pydicom.encaps.encapsulate([bytes(64)] * int(dataset.NumberOfFrames))


def _run_on_kinds(dataset: Dataset) -> None:
    for contour in dataset.ROIContourSequence[0].ContourSequence:
        contour.ContourGeometricType = "CLOSED_PLANAR\x06PNNobody^Made" * 9


def _run_on_name(dataset: Dataset) -> None:
    dataset.SegmentSequence[0].SegmentLabel = "GTV\x06PNNobody^Made"


def _no_segments(dataset: Dataset) -> None:
    del dataset.SegmentSequence


def _no_frame_of_reference(dataset: Dataset) -> None:
    del dataset.FrameOfReferenceUID


def _tiles(dataset: Dataset) -> None:
    dataset.TotalPixelMatrixRows = dataset.TotalPixelMatrixColumns = 100


def _no_positions(dataset: Dataset) -> None:
    for group in dataset.PerFrameFunctionalGroupsSequence:
        del group.PlanePositionSequence


def _emptied(dataset: Dataset) -> None:
    dataset.PixelData = bytes(len(dataset.PixelData))


def _shortened(dataset: Dataset) -> None:
    dataset.PixelData = dataset.PixelData[:16]


def _two_in_one_place(dataset: Dataset) -> None:
    first, second, *_ = dataset.PerFrameFunctionalGroupsSequence
    second.PlanePositionSequence = first.PlanePositionSequence


def _odd_numbers(dataset: Dataset) -> None:
    contour = dataset.ROIContourSequence[0].ContourSequence[0]
    contour.ContourData = list(contour.ContourData)[:-1]


def _no_rois(dataset: Dataset) -> None:
    del dataset.StructureSetROISequence


def _ct_as_region(folder: Path) -> object:
    _made.seg_file(folder / "seg.dcm", _IMAGE, {"GTV-1": _blob()})
    header = pydicom.dcmread(folder / "seg.dcm")
    header.SOPClassUID = pydicom.uid.CTImageStorage
    header.save_as(folder / "ct.dcm")
    return read_region(folder / "ct.dcm", _IMAGE)


def _text(folder: Path) -> object:
    (folder / "region.txt").write_text("12 mm, right upper lobe", encoding="utf-8")
    return read_region(folder / "region.txt", _IMAGE)


def _points(text: str) -> Callable[[Path], object]:
    def read(folder: Path) -> object:
        (folder / "points.csv").write_text(text, encoding="utf-8")
        return [location.region(_IMAGE) for location in read_points(folder / "points.csv").values()]

    return read


_LABELS = np.where(_blob() == 1, np.arange(6)[:, None, None], 0).astype(np.uint8)
_POINT = "case,x_mm,y_mm,z_mm,radius_mm,first_slice,last_slice\n"

KINDS: dict[str, Callable[[Path], object]] = {
    "SEG: several segments, none named": _seg(("GTV-1", "Lung")),
    "SEG: a name that no segment has": _seg(("GTV-1", "Lung"), "tumor*"),
    "SEG: a pattern that two segments match": _seg(("GTV-1", "GTV-2"), "gtv*"),
    "SEG: a label that continues into a name": _seg(("GTV-1", "Lung"), change=_run_on_name),
    "SEG: frames 90 m apart": _seg(change=_far_apart),
    "SEG: more rows than any CT has": _seg(change=_too_wide),
    "SEG: an empty segment": _seg(change=_emptied),
    "SEG: no segments described": _seg(change=_no_segments),
    "SEG: frames without a position": _seg(change=_no_positions),
    "SEG: no frame of reference": _seg(change=_no_frame_of_reference),
    "SEG: tiles of a slide": _seg(change=_tiles),
    "SEG: frames outside the image": _seg(image=_IMAGE[:, :, :3]),
    "SEG: another patient's": _seg(image=_IMAGE[:, :, 4:]),
    "SEG: two frames at one position": _seg(change=_two_in_one_place),
    "SEG: fewer pixels than frames": _seg(change=_shortened),
    "SEG: a truncated file": _cut_seg,
    "RTSTRUCT: no ROI": _rtstruct([_square(2)], change=_no_rois),
    "RTSTRUCT: an ROI without contours": _rtstruct([]),
    "RTSTRUCT: points instead of outlines": _rtstruct([_square(2)[:1]], kind="POINT"),
    "RTSTRUCT: contours of a damaged kind": _rtstruct([_square(2)], change=_run_on_kinds),
    "RTSTRUCT: coordinates of kilometers": _rtstruct([[(1e30, 0, 0), (0, 1e30, 0), (1, 1, 0)]]),
    "RTSTRUCT: a contour of two points": _rtstruct([_square(2)[:2]]),
    "RTSTRUCT: coordinates missing": _rtstruct([_square(2)], change=_odd_numbers),
    "RTSTRUCT: contours outside the image": _rtstruct([_square(2), _square(7)]),
    "RTSTRUCT: contours across the slices": _rtstruct(
        [[(-19, -29, -95), (-15, -29, -95), (-15, -29, -80), (-19, -29, -80)]]
    ),
    "RTSTRUCT: between all voxel centers": _rtstruct([_square(2, side=1.9)]),
    "region: a CT slice": _ct_as_region,
    "region: a text file": _text,
    "region: no such file": lambda folder: read_region(folder / "absent.dcm", _IMAGE),
    "region: an empty folder": lambda folder: read_region(folder, _IMAGE),
    "mask: empty": _mask(np.zeros((6, 10, 12), np.uint8)),
    "mask: several labels, none named": _mask(_LABELS),
    "mask: an unknown label": _mask(_LABELS, 7),
    "mask: many labels, none named": _mask(np.arange(720).reshape(6, 10, 12) // 9),
    "mask: NaN in its directions": _nan_in_directions,
    "mask: probabilities": _mask(_blob() * 0.7),
    "mask: an image instead of a mask": _mask(np.arange(720).reshape(6, 10, 12).astype(np.int16)),
    "mask: overlapping segments in layers": _mask(np.ones((6, 10, 12, 2), np.uint8)),
    "mask: NaN": _mask(np.where(_blob() > 0, _blob(), np.nan)),
    "mask: negative labels": _mask(_blob().astype(np.int16) - 1),
    "mask: the background": _full,
    "mask: far from the image": _elsewhere,
    "mask: the size of the image, elsewhere": lambda folder: _moved(
        folder, Origin=(-18.6, -30.0, -100.0)
    ),
    "mask: no geometry": lambda folder: _moved(folder, Origin=(0, 0, 0), Spacing=(1, 1, 1)),
    "mask: a grid beyond the image": _other_grid,
    "mask: a truncated NRRD": _cut(".nrrd"),
    "mask: a truncated NIfTI": _cut(".nii.gz"),
    "points: no column of cases": _points("patient,x_mm\na,1\n"),
    "points: no extent": _points(_POINT + "a,-18,-28,-90,,,\n"),
    "points: coordinates without a unit": _points("case,x,y,z,radius_mm\na,-18,-28,-90,5\n"),
    "points: RAS coordinates that are not declared": _points(_POINT + "a,18,28,-90,5,,\n"),
    "points: an unknown coordinate system": _points(
        "case,x,y,z,radius_mm,coordinate_system\na,-18,-28,-90,5,RPI\n"
    ),
    "points: text instead of a number": _points(_POINT + "a,-18,-28,left,5,,\n"),
    "points: a decimal comma": _points(_POINT + 'a,"-18,5",-28,-90,5,,\n'),
    "points: kilometers away": _points(_POINT + "a,-18,-28,1e300,5,,\n"),
    "points: an incomplete point": _points(_POINT + "a,-18,-28,,5,,\n"),
    "points: a repeated case": _points(_POINT + "a,-18,-28,-90,5,,\na,-18,-28,-90,5,,\n"),
    "points: outside the image": _points(_POINT + "a,18,28,90,5,,\n"),
    "points: slices outside the image": _points(_POINT + "a,-18,-28,-90,5,4,9\n"),
}
