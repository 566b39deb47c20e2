"""Native boxes of a cohort file: the group `native`, in files that keep them.

Layout: `/native/hu/<case>` int16 and `/native/mask/<case>` uint8 (z, y, x), compressed, for each
case with images, named by its number; `/native/shape` int64 (n, 3); `/native/spacing_mm` and
`/native/center` float64 (n, 3); `/native/checksums` uint32 (n, 2), the CRC-32 of HU and mask.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.records import NativeBox
from lnmbench.store.hdf5_checks import LayoutError, require_dataset, require_members

GROUP = "native"
_IMAGES = ("hu", "mask")
_CHUNK_SLICES = 8
_LARGEST_SIDE = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoxTable:
    """Geometry and checksums of all boxes; a case without images has a shape of zeros.

    `shape` is int64 (n, 3) in the order z, y, x, `spacing_mm` and `center` float64 (n, 3) in the
    order x, y, z, `checksums` uint32 (n, 2).
    """

    shape: NDArray[np.int64]
    spacing_mm: NDArray[np.float64]
    center: NDArray[np.float64]
    checksums: NDArray[np.uint32]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in type(self).__dataclass_fields__}


class BoxWriter:
    """Writer of the boxes of a cohort file, case by case."""

    def __init__(self, file: h5py.File) -> None:
        self._group = file.create_group(GROUP)
        for name in _IMAGES:
            self._group.create_group(name)
        self._boxes: list[tuple[Any, ...]] = []

    def append(self, box: NativeBox | None) -> None:
        """Add the box of the next case, None for a case without images."""
        if box is None:
            self._boxes.append(((0, 0, 0), (math.nan,) * 3, (math.nan,) * 3, (0, 0)))
            return
        name = str(len(self._boxes))
        self._write("hu", name, np.ascontiguousarray(box.hu, "<i2"))
        self._write("mask", name, np.ascontiguousarray(box.mask, "u1"))
        self._boxes.append((box.hu.shape, box.spacing_mm, box.center, checksums_of(box)))

    def _write(self, kind: str, name: str, voxels: NDArray[Any]) -> None:
        self._group[kind].create_dataset(
            name,
            data=voxels,
            chunks=(min(_CHUNK_SLICES, len(voxels)), *voxels.shape[1:]),
            compression="gzip",
            compression_opts=1,
            shuffle=kind == "hu",
        )

    def finish(self) -> BoxTable:
        """Write geometry and checksums, and return them."""
        shape, spacing, center, checksums = (list(part) for part in zip(*self._boxes, strict=True))
        table = BoxTable(
            shape=np.array(shape, dtype="<i8"),
            spacing_mm=np.array(spacing, dtype="<f8"),
            center=np.array(center, dtype="<f8"),
            checksums=np.array(checksums, dtype="<u4"),
        )
        for name, array in table.arrays().items():
            self._group.create_dataset(name, data=array)
        return table


def read_box_table(file: h5py.File, n: int) -> BoxTable:
    """Return geometry and checksums of the boxes of n cases.

    Raises `LayoutError` for anything that is not as `BoxWriter` writes it.
    """
    group = file[GROUP]
    require_members(group, (*_IMAGES, *BoxTable.__dataclass_fields__), "the group of native boxes")
    stored: Mapping[str, NDArray[Any]] = {
        name: require_dataset(group, name, dtype=dtype, shape=(n, width), contiguous=True)[:]
        for name, dtype, width in (
            ("shape", "<i8", 3),
            ("spacing_mm", "<f8", 3),
            ("center", "<f8", 3),
            ("checksums", "<u4", 2),
        )
    }
    table = BoxTable(**stored)
    full = (table.shape > 0).all(axis=1)
    names = [str(case) for case in np.flatnonzero(full)]
    for kind in _IMAGES:
        require_members(group[kind], names, f"the group of {kind}")
    known = np.isfinite(table.spacing_mm).all(axis=1) & np.isfinite(table.center).all(axis=1)
    if (table.shape > _LARGEST_SIDE).any() or not np.array_equal(full, known):
        raise LayoutError("a native box has a wrong geometry")
    return table


def read_box(file: h5py.File, case: int) -> NativeBox | None:
    """Return the box of a case after its checksums, None for a case without images.

    Parameters
    ----------
    file
        An open cohort file with boxes.
    case
        The number of the case.
    """
    group = file[GROUP]
    shape = tuple(int(side) for side in group["shape"][case])
    if not all(shape):
        return None
    hu, mask = (
        require_dataset(group[kind], str(case), dtype=dtype, shape=shape)[:]
        for kind, dtype in zip(_IMAGES, ("<i2", "u1"), strict=True)
    )
    spacing, center = (group[name][case].tolist() for name in ("spacing_mm", "center"))
    box = NativeBox(
        hu=hu,
        mask=mask,
        spacing_mm=(spacing[0], spacing[1], spacing[2]),
        center=(center[0], center[1], center[2]),
    )
    if checksums_of(box) != tuple(group["checksums"][case].tolist()):
        raise OSError(f"checksum mismatch in native box {case}")
    return box


def checksums_of(box: NativeBox) -> tuple[int, int]:
    """Return the CRC-32 of the HU and of the mask of a box."""
    hu = np.ascontiguousarray(box.hu, "<i2")
    return zlib.crc32(hu.data), zlib.crc32(np.ascontiguousarray(box.mask, "u1").data)


def box_bytes(file: h5py.File) -> int:
    """Return the bytes of all boxes in a cohort file, 0 without boxes."""
    if GROUP not in file:
        return 0
    return sum(
        stored.id.get_storage_size() for kind in _IMAGES for stored in file[GROUP][kind].values()
    )
