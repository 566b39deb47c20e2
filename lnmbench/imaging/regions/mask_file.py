"""Regions from mask files: NRRD, NIfTI and MetaImage."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.regions.grids import count, place
from lnmbench.imaging.regions.naming import Offered, choose
from lnmbench.imaging.regions.region import Region
from lnmbench.imaging.volume_files import read_grid_file

_MOST_LABELS = 500
_SLICER_NAME = re.compile(r"(Segment\d+)_Name")


def region_from_mask(path: Path, image: sitk.Image, label: int | None = None) -> Region:
    """Return a label of a mask file on the grid of the image; 0 is outside.

    A file with one label needs none named. On the image's own lattice the voxels are copied;
    a mask on another grid is resampled to the nearest voxel, and the sentence says so.

    Raises `UserError` for a file that cannot be read or holds no whole numbers, a label that is
    not there, several labels of which none is named, an empty mask, and voxels outside the image.
    """
    return named_label(path, image, None if label is None else str(label))


def named_label(path: Path, image: sitk.Image, name: str | None) -> Region:
    """Return the label that a number, or a pattern for names that 3D Slicer wrote, means.

    A name is of no use where the file names no labels: its only label is taken, and that is said.
    """
    mask = _read(path)
    labels = _labels(mask, path)
    unnamed = len(labels) == 1 and not labels[0].names and not (name or "").strip().isdecimal()
    chosen = choose(labels, None if unnamed else name, kind="label", where=str(path))
    placed, done = place(mask == chosen.number, image, where=f"{path}, label {chosen.number}")
    found = f"label {chosen.number} of {len(labels)}: {count(placed)} voxels"
    if unnamed and name:
        found += f" (the file names no labels, so {name!r} was not looked for)"
    return Region(mask=placed, found=f"{found}{f'; {done}' if done else ''}")


def _read(path: Path) -> sitk.Image:
    mask = read_grid_file(path)
    if mask.GetDimension() == 4 and mask.GetSize()[3] == 1:
        mask = mask[:, :, :, 0]
    if mask.GetDimension() != 3 or mask.GetNumberOfComponentsPerPixel() != 1:
        raise UserError(
            f"the mask {path} is not one volume of labels",
            expected="three dimensions and one number a voxel",
            got=f"{mask.GetDimension()} dimensions, "
            f"{mask.GetNumberOfComponentsPerPixel()} numbers a voxel",
            then="save overlapping segments as separate files",
        )
    return mask


def _labels(mask: sitk.Image, path: Path) -> list[Offered]:
    values, counts = np.unique(sitk.GetArrayViewFromImage(mask), return_counts=True)
    if not np.array_equal(values, np.rint(values)):
        raise UserError(
            f"the mask {path} holds fractions",
            expected="whole numbers",
            then="threshold it first",
        )
    if len(values) > _MOST_LABELS:
        raise UserError(
            f"{path} is no mask", expected="a few labels", got=f"{len(values)} different values"
        )
    names = _slicer_names(mask)
    labels = [
        Offered(number=int(value), names=names.get(int(value), ()), size=f"{number} voxels")
        for value, number in zip(values, counts, strict=True)
        if value != 0
    ]
    if not labels:
        raise UserError(f"the mask {path} is empty", expected="at least one voxel that is not 0")
    return labels


def _slicer_names(mask: sitk.Image) -> dict[int, tuple[str, ...]]:
    """Return the names that a .seg.nrrd of 3D Slicer gives its labels."""
    found: dict[int, tuple[str, ...]] = {}
    for key in mask.GetMetaDataKeys():
        match = _SLICER_NAME.fullmatch(key)
        value = f"{match.group(1)}_LabelValue" if match else ""
        if match and mask.HasMetaDataKey(value) and mask.GetMetaData(value).isdecimal():
            found[int(mask.GetMetaData(value))] = (mask.GetMetaData(key),)
    return found
