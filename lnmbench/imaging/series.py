"""CT volumes of DICOM series and of volume files, in HU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK as sitk

from lnmbench.errors import UserError
from lnmbench.imaging.ct_choice import choose_ct, describe_parts
from lnmbench.imaging.dicom_index import index_folder
from lnmbench.imaging.dicom_series import DAMAGED, Series, series_location
from lnmbench.imaging.foreign_files import no_image_error
from lnmbench.imaging.frames import read_frames
from lnmbench.imaging.grid import Grid
from lnmbench.imaging.identity import read_identity
from lnmbench.imaging.pixels import read_hu
from lnmbench.imaging.slice_order import stack
from lnmbench.imaging.volume_files import is_volume_file, read_volume_file

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lnmbench.imaging.slice_order import Stack
    from lnmbench.records import Identity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CtImage:
    """CT volume in HU, sentences on its choice and on what a person should check, its identity."""

    image: sitk.Image
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    identity: Identity | None = None


def read_ct(series: Series) -> sitk.Image:
    """Return the volume of a CT series in HU, its slices in the order of their positions.

    Pixels are int16 if all HU are whole numbers, else float32. Raises `UserError` for anything but
    a complete, evenly spaced stack of CT slices in HU (see `read_frames`, `stack` and `read_hu`).
    """
    frames = [frame for file in series.files for frame in read_frames(file)]
    return _fill_volume(stack(frames, where=series_location(series)))


def read_image(path: Path) -> sitk.Image:
    """Return the CT volume in a file or folder; see `find_image`."""
    return find_image(path).image


def find_image(path: Path, region: Series | None = None, mask_grid: Grid | None = None) -> CtImage:
    """Return the CT volume in a file or folder.

    A file is NIfTI, NRRD, MetaImage (MHA, MHD), or a multi-frame DICOM; a folder contains DICOM
    files of one patient, at any depth and with any names.

    Parameters
    ----------
    path
        The file or folder.
    region, mask_grid
        The region that belongs to the image, as in `choose_ct`.

    Raises
    ------
    UserError
        For no image, images of several patients, and an image that cannot be used.
    """
    if not path.exists():
        raise UserError(f"no file or folder {path}", then="check the path")
    if path.is_file() and is_volume_file(path):
        return CtImage(image=read_volume_file(path))
    index = index_folder(path)
    if not index:
        raise no_image_error(path)
    if region is None:
        _require_sound(index, path)
    if region is None and len(index) == 1 and index[0].modality == "CT":
        return CtImage(
            image=read_ct(index[0]),
            warnings=tuple(describe_parts(index[0], index)),
            identity=read_identity(index[0].files[0]),
        )
    chosen = choose_ct(index, region, mask_grid)
    return CtImage(
        image=read_ct(chosen.series),
        notes=(chosen.reason,),
        warnings=chosen.warnings,
        identity=read_identity(chosen.series.files[0]),
    )


def _require_sound(index: Sequence[Series], path: Path) -> None:
    """Refuse damaged files and CT of several patients: nothing else tells what to use."""
    damaged = [file for series in index if series.modality == DAMAGED for file in series.files]
    if damaged:
        raise UserError(f"cannot read {damaged[0]}", got="a damaged DICOM file, or no DICOM file")
    patients = {series.patient for series in index if series.modality == "CT"}
    if len(patients) > 1:
        raise UserError(
            f"{path} holds CT of {len(patients)} patients", then="give one patient's folder"
        )


def _fill_volume(ordered: Stack) -> sitk.Image:
    images = read_hu(ordered.frames)
    # A header may state more than memory holds; memory is allocated once its first image is read.
    first = next(images)
    volume: NDArray[np.int16] | NDArray[np.float32]
    volume = np.empty((len(ordered.frames), *first.shape), dtype=np.int16)
    for z, hu in enumerate(chain([first], images)):
        if hu.dtype != volume.dtype:
            volume = volume.astype(np.float32, copy=False)
        volume[z] = hu
    image = sitk.GetImageFromArray(volume)
    image.SetOrigin(ordered.origin)
    image.SetSpacing(ordered.spacing_mm)
    image.SetDirection(ordered.direction)
    return image
