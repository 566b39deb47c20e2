"""Regions from mask files: NRRD, NIfTI and MetaImage."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.regions.grids import Region, count_voxels, place_mask
from lnmbench.imaging.regions.naming import NamedRegion, choose
from lnmbench.imaging.silence import suppress_warnings
from lnmbench.imaging.volume_files import read_grid_file
from lnmbench.text import plural

_MOST_LABELS = 500
_SLICER_NAME = re.compile(r"(Segment\d+)_Name")


def region_from_mask(path: Path, image: sitk.Image, label: int | None = None) -> Region:
    """Return a label of a mask file on the grid of the image; 0 is outside.

    On the image's lattice the voxels are copied; a mask on another grid is resampled to the nearest
    voxel, with a warning.

    Parameters
    ----------
    path
        NRRD, NIfTI or MetaImage file.
    image
        The CT volume.
    label
        Number of the label; not needed if the file has only one.

    Raises
    ------
    UserError
        For a file that cannot be read or contains fractions, a label that does not exist, several
        labels without a choice, an empty mask, voxels outside the image, and a grid that does not
        fit the image (see `place_mask`).
    """
    return read_label(path, image, None if label is None else str(label))


def read_label(path: Path, image: sitk.Image, name: str | None) -> Region:
    """Return a label of a mask file on the grid of the image.

    Parameters
    ----------
    path
        NRRD, NIfTI or MetaImage file.
    image
        The CT volume.
    name
        Number of the label, or a pattern for names that 3D Slicer wrote. If the file names no
        labels, its only label is used, and the note says so.

    Raises
    ------
    UserError
        As `region_from_mask`.
    """
    mask = _read(path)
    labels = _labels(mask, path)
    unnamed = len(labels) == 1 and not labels[0].names and not (name or "").strip().isdecimal()
    chosen = choose(labels, None if unnamed else name, kind="label", where=str(path))
    placed, warnings = place_mask(
        mask == chosen.number, image, where=f"{path}, label {chosen.number}"
    )
    note = f"label {chosen.number} of {len(labels)}: {plural(count_voxels(placed), 'voxel')}"
    if unnamed and name:
        note += f" (the file names no labels, so {name!r} was not searched for)"
    return Region(mask=placed, note=note, warnings=warnings)


def read_mask_grid(path: Path) -> Grid | None:
    """Return the grid of a mask file from its header alone, None if that cannot be read."""
    reader = sitk.ImageFileReader()
    try:
        reader.SetFileName(str(path))
        with suppress_warnings:
            reader.ReadImageInformation()
    except RuntimeError:  # read_label tells the reason
        return None
    if reader.GetDimension() < 3:
        return None
    return Grid.of_image(reader)


def _read(path: Path) -> sitk.Image:
    mask = read_grid_file(path)
    if mask.GetDimension() == 4 and mask.GetSize()[3] == 1:
        mask = mask[:, :, :, 0]
    if mask.GetDimension() != 3 or mask.GetNumberOfComponentsPerPixel() != 1:
        raise UserError(
            f"the mask {path} is not one volume of labels",
            expected="three dimensions and one number per voxel",
            got=f"{mask.GetDimension()} dimensions, "
            f"{mask.GetNumberOfComponentsPerPixel()} numbers per voxel",
            then="save overlapping segments as separate files",
        )
    return mask


def _labels(mask: sitk.Image, path: Path) -> list[NamedRegion]:
    values, counts = np.unique(sitk.GetArrayViewFromImage(mask), return_counts=True)
    if not np.array_equal(values, np.rint(values)):
        raise UserError(
            f"the mask {path} contains fractions",
            expected="whole numbers",
            then="threshold it first",
        )
    if len(values) > _MOST_LABELS:
        raise UserError(
            f"{path} is not a mask", expected="a few labels", got=f"{len(values)} different values"
        )
    names = _slicer_names(mask)
    labels = [
        NamedRegion(
            number=int(value), names=names.get(int(value), ()), size=plural(int(number), "voxel")
        )
        for value, number in zip(values, counts, strict=True)
        if value != 0
    ]
    if not labels:
        raise UserError(f"the mask {path} is empty", expected="at least one voxel that is not 0")
    return labels


def _slicer_names(mask: sitk.Image) -> dict[int, tuple[str, ...]]:
    """Return the names that a .seg.nrrd of 3D Slicer gives its labels."""
    names: dict[int, tuple[str, ...]] = {}
    for key in mask.GetMetaDataKeys():
        match = _SLICER_NAME.fullmatch(key)
        value = f"{match.group(1)}_LabelValue" if match else ""
        if match and mask.HasMetaDataKey(value) and mask.GetMetaData(value).isdecimal():
            names[int(mask.GetMetaData(value))] = (mask.GetMetaData(key),)
    return names
