"""Regions from mask files: NRRD, NIfTI and MetaImage."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.regions.grids import Region, count_voxels, place_mask
from lnmbench.imaging.regions.naming import NamedRegion, choose, is_number
from lnmbench.imaging.silence import suppress_warnings
from lnmbench.imaging.volume_files import read_grid_file, readable_path
from lnmbench.text import plural

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_LABELS = 500
_LARGEST_LABEL = 2**31 - 1
# Labels that a slope stores: a thousandth, or the step of 16 bits for many labels.
_ROUNDING, _RELATIVE_ROUNDING, _MOST_ROUNDING = 1e-3, 1e-4, 0.05
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
    mask = _read_labels(_read(path), path)
    labels = _list_labels(mask, path)
    unnamed = len(labels) == 1 and not labels[0].names and not is_number(name or "")
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
        with suppress_warnings, readable_path(path) as readable:
            reader.SetFileName(str(readable))
            reader.ReadImageInformation()
    except (RuntimeError, OSError, EOFError, UserError):  # read_label tells the reason
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


def _read_labels(mask: sitk.Image, path: Path) -> sitk.Image:
    """Return the mask with whole numbers; a header's slope stores them with rounding."""
    stored: NDArray[Any] = sitk.GetArrayViewFromImage(mask)
    if np.issubdtype(stored.dtype, np.integer):
        return mask
    if np.iscomplexobj(stored) or not np.isfinite(stored).all():
        raise UserError(
            f"the mask {path} contains values that are not numbers",
            expected="whole numbers",
            then="replace them by 0, the background",
        )
    labels = np.rint(stored)
    largest = float(np.abs(labels).max())
    if largest > _LARGEST_LABEL:
        raise UserError(f"{path} is not a mask", expected="a few labels", got=f"{largest:g}")
    tolerance = max(_ROUNDING, min(_RELATIVE_ROUNDING * largest, _MOST_ROUNDING))
    fractions = np.abs(stored - labels) > tolerance
    if fractions.any():
        low, high = float(stored.min()), float(stored.max())
        raise UserError(
            f"the mask {path} contains fractions",
            expected="whole numbers",
            got=f"{low:g} to {high:g}, e.g. {float(stored[fractions][0]):g}",
            then="these look like probabilities: threshold them first, e.g. at 0.5"
            if low >= 0 and high <= 1
            else "threshold it first",
        )
    whole = sitk.GetImageFromArray(labels.astype(np.int32))
    whole.CopyInformation(mask)
    for key in mask.GetMetaDataKeys():
        whole.SetMetaData(key, mask.GetMetaData(key))
    return whole


def _list_labels(mask: sitk.Image, path: Path) -> list[NamedRegion]:
    values, counts = np.unique(sitk.GetArrayViewFromImage(mask), return_counts=True)
    if len(values) > _MOST_LABELS:
        raise UserError(
            f"{path} is not a mask", expected="a few labels", got=f"{len(values)} different values"
        )
    if values.min() < 0:
        raise UserError(
            f"the mask {path} contains negative labels",
            expected="0 for the background, and whole numbers above it",
            got=f"{values.min()}",
            then="set the background to 0",
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
