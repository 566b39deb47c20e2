"""Region of a file of any supported kind."""

from __future__ import annotations

from pathlib import Path

import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.image_files import is_system_file
from lnmbench.imaging.regions.dicom import SEGMENTATION, STRUCTURE_SET, sop_class
from lnmbench.imaging.regions.grids import Region, refuse_large_region
from lnmbench.imaging.regions.mask_file import read_label
from lnmbench.imaging.regions.rtstruct import region_from_rtstruct
from lnmbench.imaging.regions.seg import region_from_seg
from lnmbench.imaging.volume_files import SUFFIXES, is_volume_file


def read_region(
    path: Path, image: sitk.Image, name: str | None = None, *, same_space: bool = False
) -> Region:
    """Return the region of a DICOM SEG, an RTSTRUCT or a mask file.

    Parameters
    ----------
    path
        The file, or a folder with this file alone, as archives store a SEG.
    image
        The CT volume.
    name
        Pattern for the segment, ROI or label, as in `naming.choose`.
    same_space
        Whether a SEG and the image are known to lie in one frame of reference, as in `place_mask`.

    Raises
    ------
    UserError
        For a file of another kind, a region of more than half the image, and as the reader of its
        kind.
    """
    file = only_file(path)
    region = _read(file, image, name, same_space=same_space)
    refuse_large_region(region.mask, where=str(file))
    return region


def _read(file: Path, image: sitk.Image, name: str | None, *, same_space: bool) -> Region:
    if is_volume_file(file):
        return read_label(file, image, name)
    kind = sop_class(file)
    if kind in SEGMENTATION:
        return region_from_seg(file, image, name, same_space=same_space)
    if kind == STRUCTURE_SET:
        return region_from_rtstruct(file, image, name)
    raise UserError(
        f"{file} contains no region",
        expected=f"a DICOM SEG, a DICOM RTSTRUCT, or a mask ({', '.join(SUFFIXES)})",
        got="a DICOM object of another kind" if kind is not None else "no DICOM file",
    )


def only_file(path: Path) -> Path:
    """Return the path, or the only file in a folder. Hidden and system files do not count."""
    if not path.is_dir():
        if not path.exists():
            raise UserError(f"no region file {path}", then="check the path")
        return path
    files = sorted(file for file in path.iterdir() if not is_system_file(file.name))
    if len(files) != 1:
        raise UserError(
            f"{path} does not hold one region",
            expected="one file",
            got=f"{len(files)} files",
            then="give the path of the file",
        )
    return only_file(files[0])
