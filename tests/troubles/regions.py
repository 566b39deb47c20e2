"""Troubles of tumor regions: masks, contours, segments, and the patients they belong to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from lnmbench_table.folder import Folder

from lnmbench import UserError
from lnmbench.records import Volume

SPACING_MM = (0.8, 0.8, 4.0)
ORIGIN_MM = (-31.0, -140.0, -220.0)
COLUMNS = """
[columns.id]
role = "id"

[columns.n1]
role = "target"
kind = "binary"
label = "n1"
categories = ["0", "1"]
"""


def chest(slices: int = 8) -> np.ndarray:
    """HU (slices, 24, 28) of soft tissue in air, each slice another."""
    hu = np.random.default_rng(slices).integers(-60, 60, (slices, 24, 28)).astype(np.int16)
    hu[:, :3] = -1000
    return hu


def tumor(slices: int = 8) -> np.ndarray:
    """A tumor (slices, 24, 28) on slices 3 to 5 that is not its mirror image."""
    inside = np.zeros((slices, 24, 28), np.uint8)
    inside[3:6, 8:14, 10:18] = 1
    inside[4, 14, 11] = 1
    return inside


def write_volume(path: Path, array: np.ndarray, **geometry: Any) -> Path:
    """Write an array as a volume file in the geometry above, unless another is given."""
    image = sitk.GetImageFromArray(array)
    for name, value in {"Spacing": SPACING_MM, "Origin": ORIGIN_MM, **geometry}.items():
        getattr(image, f"Set{name}")(value)
    path.parent.mkdir(parents=True, exist_ok=True)
    sitk.WriteImage(image, str(path))
    return path


def open_folder(
    folder: Path, rows: list[str], header: str = "case,image,region", ids: str = ""
) -> Folder:
    """Write a manifest and a table of its cases, and open the data set."""
    cases = ids.split() or [row.split(",")[0] for row in rows]
    (folder / "cases.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    table = "".join(f"{case},{number % 2}\n" for number, case in enumerate(cases))
    (folder / "clinical.csv").write_text(f"id,n1\n{table}", encoding="utf-8")
    (folder / "columns.toml").write_text(COLUMNS, encoding="utf-8")
    return Folder(folder / "cases.csv", folder / "clinical.csv", folder / "columns.toml")


def read_first(folder: Path, *args: Any, **settings: Any) -> Volume:
    """Return the volume of the first case of `open_folder`."""
    case = next(open_folder(folder, *args, **settings).cases())
    assert case.volume is not None
    return case.volume()


def refuse_mask(array: np.ndarray, words: str, **geometry: Any) -> Callable[[Path], None]:
    """Return a check that a mask of the chest is refused with these words."""

    def check(folder: Path) -> None:
        write_volume(folder / "ct.nii.gz", chest())
        write_volume(folder / "mask.nii.gz", array, **geometry)
        with pytest.raises(UserError, match=words):
            read_first(folder, ["A,ct.nii.gz,mask.nii.gz"])

    return check


def flipped_storage(folder: Path) -> None:
    """Converters store a mask from the other end than its CT; the header says so."""
    write_volume(folder / "ct.nii.gz", chest())
    mask = sitk.GetImageFromArray(tumor())
    mask.SetSpacing(SPACING_MM)
    mask.SetOrigin(ORIGIN_MM)
    flipped = sitk.Flip(mask, (True, True, False))
    assert flipped.GetDirection()[0] == -1
    sitk.WriteImage(flipped, str(folder / "mask.nrrd"))
    volume = read_first(folder, ["A,ct.nii.gz,mask.nrrd"])
    np.testing.assert_array_equal(sitk.GetArrayFromImage(volume.mask), tumor())
    assert volume.warnings == ()


OTHER_GEOMETRY = "the size of the image, but another geometry"
TROUBLES: dict[str, Callable[[Path], None]] = {
    "a mask of the same size was drawn on another scan": refuse_mask(
        tumor(), OTHER_GEOMETRY, Origin=(-27.0, -141.0, -220.0)
    ),
    "a mask has the spacing of another reconstruction": refuse_mask(
        tumor(), OTHER_GEOMETRY, Spacing=(0.75, 0.75, 4.0)
    ),
    "a mask is shifted by half a voxel": refuse_mask(
        tumor(), OTHER_GEOMETRY, Origin=(-31.4, -140.4, -222.0)
    ),
    "a mask was saved with an identity affine": refuse_mask(
        tumor(),
        "does not state its position",
        Spacing=(1, 1, 1),
        Origin=(0, 0, 0),
        Direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1),
    ),
    "a mask was saved with its axes permuted and no geometry": refuse_mask(
        tumor().transpose(2, 1, 0), "does not state", Spacing=(1, 1, 1), Origin=(0, 0, 0)
    ),
    "a mask was saved with its axes permuted": refuse_mask(
        tumor().transpose(2, 1, 0), "outside the image"
    ),
    "a mask was flipped in its header alone": refuse_mask(
        tumor(),
        "outside the image",
        Direction=(-1, 0, 0, 0, -1, 0, 0, 0, 1),
    ),
    "a mask holds the background": refuse_mask(1 - tumor(), "too large for a tumor"),
    "a mask is full": refuse_mask(np.ones_like(tumor()), "too large for a tumor"),
    "a mask is stored from the other end": flipped_storage,
}
