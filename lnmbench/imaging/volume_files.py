"""CT volumes in NIfTI, NRRD and MetaImage files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.errors import reading as reading_file
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.grid_limits import HU_LIMITS, require_plausible_grid
from lnmbench.imaging.metaimage import list_metaimage_files, require_sound_metaimage
from lnmbench.imaging.nifti import require_sound_nifti
from lnmbench.imaging.nifti_header import is_gzip, readable_by_itk
from lnmbench.imaging.nrrd import list_nrrd_files, require_sound_nrrd
from lnmbench.imaging.silence import suppress_warnings
from lnmbench.text import plural

_NIFTI = (".nii", ".nii.gz")
_NRRD = (".nrrd", ".nhdr")
_METAIMAGE = (".mha", ".mhd")
SUFFIXES = (*_NIFTI, *_NRRD, *_METAIMAGE)


def is_volume_file(path: Path) -> bool:
    """Return whether the file's name ends as a volume file's does."""
    return path.name.lower().endswith(SUFFIXES)


def read_volume_file(path: Path) -> sitk.Image:
    """Return the CT volume in a NIfTI, NRRD or MetaImage file, as it is stored.

    Raises `UserError` for a file that cannot be read, that does not have three dimensions and one
    number per voxel, or that does not state its position in the patient. The values are checked
    later (see `hounsfield.require_hu`).
    """
    image = _require_volume(read_grid_file(path), path)
    _require_geometry(image, path)
    _require_numbers(image, path)
    return image


def read_grid_file(path: Path) -> sitk.Image:
    """Return the image in a volume file with values of any meaning; its grid is checked.

    Raises `UserError` for a file that does not exist or cannot be read, that does not state its
    position in the patient, or whose grid no CT can have (see `require_plausible_grid`).
    """
    if not path.is_file():
        raise UserError(f"no file {path}", then="check the path")
    with reading_file(path):
        _require_sound(path)
    try:
        with suppress_warnings, readable_path(path) as readable:
            image: sitk.Image = sitk.ReadImage(readable)
    except RuntimeError as error:
        raise UserError(
            f"cannot read {path}",
            got=_reason(error),
            then="export or download the file again",
        ) from error
    _require_grid(image, path)
    if image.GetNumberOfComponentsPerPixel() == 1 and "vector" in image.GetPixelIDTypeAsString():
        image = sitk.VectorIndexSelectionCast(image, 0)  # an axis of one number, as in NRRD
    return image


def _require_grid(image: sitk.Image, path: Path) -> None:
    """Check the first three axes; an image with another number of axes is refused elsewhere."""
    axes = image.GetDimension()
    if axes >= 3:
        require_plausible_grid(
            str(path),
            spacing_mm=image.GetSpacing()[:3],
            origin_mm=image.GetOrigin()[:3],
            direction=np.reshape(image.GetDirection(), (axes, axes))[:3, :3].ravel().tolist(),
        )


def list_data_files(path: Path) -> tuple[Path, ...]:
    """Return the files that hold the voxels of a volume file, itself if it holds them.

    Raises `UserError` for a damaged header, and for a data file outside the folder of the header.
    """
    name = path.name.lower()
    if name.endswith(_NRRD):
        return list_nrrd_files(path)
    return list_metaimage_files(path) if name.endswith(_METAIMAGE) else (path,)


def _require_sound(path: Path) -> None:
    name = path.name.lower()
    if name.endswith(_NIFTI):
        require_sound_nifti(path)
    elif is_gzip(path):
        raise UserError(f"{path} is packed with gzip", then="unpack it first, e.g. with gunzip")
    elif name.endswith(_NRRD):
        require_sound_nrrd(path)
    else:
        require_sound_metaimage(path)


@contextmanager
def readable_path(path: Path) -> Iterator[Path]:
    """Yield the path under which ITK reads a volume file, which may be that of a copy."""
    if path.name.lower().endswith(_NIFTI):
        with readable_by_itk(path) as readable:
            yield readable
    else:
        yield path


def _require_volume(image: sitk.Image, path: Path) -> sitk.Image:
    size = image.GetSize()
    if len(size) == 4 and size[3] == 1:
        image = sitk.Extract(image, (*size[:3], 0), (0, 0, 0, 0))
        size = size[:3]
    numbers = image.GetNumberOfComponentsPerPixel()
    if len(size) != 3 or numbers != 1:
        raise UserError(
            f"{path} is not one CT volume",
            expected="three dimensions and one number per voxel",
            got=f"{' × '.join(map(str, size))} voxels of {plural(numbers, 'number')}",
        )
    if min(size) < 2:
        raise UserError(
            f"{path} is a single image, not a volume", got=f"{' × '.join(map(str, size))} voxels"
        )
    return image


def _require_geometry(image: sitk.Image, path: Path) -> None:
    """Refuse the geometry that a volume has if its spacing and its position were never set."""
    if Grid.of_image(image).lacks_geometry():
        raise UserError(
            f"{path} does not state its position in the patient",
            expected="spacing, origin and directions of the scan",
            got="an identity affine (spacing 1, origin 0): software dropped the geometry",
            then="export it again with the affine of the scan",
        )


def _require_numbers(image: sitk.Image, path: Path) -> None:
    values: NDArray[Any] = sitk.GetArrayViewFromImage(image)
    if np.iscomplexobj(values):
        raise UserError(f"{path} holds complex numbers", expected="HU")
    low, high = float(values.min()), float(values.max())
    if not np.isfinite([low, high]).all():
        raise UserError(
            f"{path} contains values that are not numbers",
            expected="HU",
            then="replace NaN and infinity, e.g. by -1024 outside the body",
        )
    if low < HU_LIMITS[0] or high > HU_LIMITS[1]:
        raise UserError(
            f"{path} does not hold HU",
            expected="-1024 to a few thousand",
            got=f"{low:g} to {high:g}",
            then="check the slope and the intercept in its header",
        )


def _reason(error: RuntimeError) -> str:
    """Return the last line of ITK's message if it is about the file, without ITK's sources."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    last = lines[-1] if lines else ""
    if "Unable to determine ImageIO" in last:
        return "a file whose format does not match its name"
    if last.startswith("Reason:") or not last:
        return "a truncated or damaged file"
    return last.rpartition("ERROR: ")[2].rpartition("): ")[2][:160]
