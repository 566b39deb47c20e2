"""Regions from DICOM segmentation objects: binary, fractional and label maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import highdicom as hd
import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid_limits import FARTHEST_MM, MOST_PIXELS
from lnmbench.imaging.headers import reading
from lnmbench.imaging.regions.dicom import SEGMENTATION, open_object
from lnmbench.imaging.regions.grids import Region, count_voxels, place_mask
from lnmbench.imaging.regions.naming import NamedRegion, choose
from lnmbench.imaging.regions.seg_header import (
    fill_missing,
    positions,
    read_spacing_mm,
    write_spacing_mm,
)
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRACTION = 0.5
# Distances of frames that differ by up to this share of their mean are rounding, not gaps.
_EVEN = 0.05
_MOST_SLICES = 4096
_SAME_POSITION_MM = 0.01
_NEEDED = (
    *("SegmentationType", "SegmentSequence", "NumberOfFrames", "Rows", "Columns"),
    *("BitsAllocated", "BitsStored"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence", "PixelData"),
)


def region_from_seg(
    path: Path, image: sitk.Image, name: str | None = None, *, same_space: bool = False
) -> Region:
    """Return a segment of a DICOM SEG on the grid of the image.

    A segment with frames for some slices only is empty on the others. A voxel of a fractional
    segment is inside if its fraction is at least 0.5. On the image's lattice the voxels are copied;
    frames on another grid are resampled to the nearest voxel. Frames that do not state their
    distance are assumed to have that of the image's slices, so that none fills neighboring slices.
    The note says which of these applied.

    Parameters
    ----------
    path
        The SEG.
    image
        The CT volume.
    name
        Pattern for the segment, as in `naming.choose`; not needed if there is only one.
    same_space
        Whether SEG and image are known to lie in one frame of reference, as in `place_mask`.

    Raises
    ------
    UserError
        For a file that is not a three-dimensional segmentation or is damaged, a name that matches
        no segment or several, an empty segment, and frames outside the image.
    """
    dataset = open_object(path, "a DICOM SEG", SEGMENTATION)
    with reading(path):
        _refuse_without_position(dataset, path)
        _refuse_incomplete(dataset, path)
        _refuse_too_large(dataset, path)
        fill_missing(dataset)
        segments = _named_regions(hd.seg.Segmentation.from_dataset(dataset, copy=False))
    segment = choose(segments, name, kind="segment", where=str(path))
    where = f"{path}, segment {segment}"
    with reading(path):
        mask, assumed = _segment(dataset, segment.number, image, where)
    if not count_voxels(mask):
        raise UserError("the segment is empty", where=where, expected="at least one voxel")
    placed, warnings = place_mask(mask, image, where=where, same_space=same_space)
    notes = [f"segment {segment} of {len(segments)}: {plural(count_voxels(placed), 'voxel')}"]
    if _is_fractional(dataset):
        notes.append(f"where its fraction is {FRACTION} or more")
    if assumed:
        notes.append("its frames do not state their distance: each counts for one slice")
    return Region(mask=placed, note="; ".join(notes), warnings=warnings)


def _refuse_without_position(dataset: Any, path: Path) -> None:
    tiled = "TotalPixelMatrixRows" in dataset
    if tiled or "FrameOfReferenceUID" not in dataset:
        raise UserError(
            f"{path} is not a segmentation of a volume",
            expected="frames with a position in the patient",
            got="tiles of a slide" if tiled else "frames without a frame of reference",
        )


def _refuse_incomplete(dataset: Any, path: Path) -> None:
    missing = [name for name in _NEEDED if name not in dataset]
    groups = dataset.get("PerFrameFunctionalGroupsSequence", [])
    shared = dataset.get("SharedFunctionalGroupsSequence", [])
    placed = all("PlanePositionSequence" in group for group in groups)
    if missing or not (placed or any("PlanePositionSequence" in group for group in shared)):
        raise UserError(
            f"the segmentation {path} is incomplete",
            got=f"no {', '.join(missing)}" if missing else "frames without a position",
        )
    bits = dataset.Rows * dataset.Columns * int(dataset.NumberOfFrames) * dataset.BitsAllocated
    stored = len(dataset.PixelData)
    if not dataset.file_meta.TransferSyntaxUID.is_compressed and stored < -(-bits // 8):
        raise UserError(
            f"the segmentation {path} is truncated",
            expected=f"{-(-bits // 8)} bytes of pixels",
            got=str(stored),
            then="download it again",
        )


def _refuse_too_large(dataset: Any, path: Path) -> None:
    """Refuse frames so large or so far apart that the volume between them would fill memory."""
    positions_mm = positions(dataset)
    near = (np.abs(positions_mm) <= FARTHEST_MM).all()
    if (
        not near
        or max(dataset.Rows, dataset.Columns) > MOST_PIXELS
        or _exceeds_slices(positions_mm)
    ):
        raise UserError(
            f"the frames of the segmentation {path} are not CT slices",
            expected=f"up to {MOST_PIXELS} pixels per side and {_MOST_SLICES} slices in length",
            then="download it again",
        )


def _exceeds_slices(positions_mm: NDArray[np.float64], spacing_mm: float | None = None) -> bool:
    """Return whether positions (n, 3) span too many slices of a spacing, or of their least step."""
    ends = np.ptp(positions_mm, axis=0)
    if spacing_mm is None:
        steps = np.diff(np.sort(positions_mm[:, ends.argmax()]))
        spacing_mm = float(steps[steps > _SAME_POSITION_MM].min(initial=np.inf))
    return not np.linalg.norm(ends) <= _MOST_SLICES * spacing_mm


def _named_regions(seg: Any) -> list[NamedRegion]:
    regions = []
    for number in seg.segment_numbers:
        description = seg.get_segment_description(number)
        names = [str(description.SegmentLabel)]
        names += [str(kind.CodeMeaning) for kind in description.SegmentedPropertyTypeCodeSequence]
        unique = tuple(dict.fromkeys(name for name in names if name))
        regions.append(NamedRegion(number=int(number), names=unique))
    return regions


def _is_fractional(dataset: Any) -> bool:
    return str(dataset.SegmentationType) == "FRACTIONAL"


def _segment(dataset: Any, number: int, image: sitk.Image, where: str) -> tuple[sitk.Image, bool]:
    """Return one segment on the grid of its frames, and whether their distance was assumed."""
    stated = read_spacing_mm(dataset)
    positions_mm = positions(dataset)
    for spacing_mm in (*([stated] if stated else []), image.GetSpacing()[2], None):
        if _exceeds_slices(positions_mm, spacing_mm):
            continue
        write_spacing_mm(dataset, spacing_mm)
        seg = hd.seg.Segmentation.from_dataset(dataset, copy=False)
        try:
            volume = seg.get_volume(
                segment_numbers=[number], rtol=_EVEN, allow_missing_positions=True
            )
        except RuntimeError:
            continue
        return _make_mask(volume, fractional=_is_fractional(dataset)), spacing_mm != stated
    raise UserError(
        "the frames of the segmentation do not form a volume",
        where=where,
        expected="frames at evenly spaced positions",
    )


def _make_mask(volume: Any, *, fractional: bool) -> sitk.Image:
    inside = volume.array[..., 0]
    inside = inside >= FRACTION if fractional else inside != 0
    mask = sitk.GetImageFromArray(inside.astype(np.uint8))
    # highdicom's axes are slice, row, column; SimpleITK's x, y, z are column, row, slice.
    steps = volume.affine[:3, 2::-1]
    spacing_mm = np.linalg.norm(steps, axis=0)
    mask.SetSpacing(spacing_mm.tolist())
    mask.SetDirection((steps / spacing_mm).ravel().tolist())
    mask.SetOrigin(volume.affine[:3, 3].tolist())
    return mask
