"""The part of a cohort file without pixels: its layout, bounds and hashes, verified as a whole."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TEXT_ROLES, Column, Preprocessing
from lnmbench.store import serialization
from lnmbench.store.box_table import GROUP, BoxTable, read_box_table
from lnmbench.store.cohort_digest import (
    ATTRIBUTES_HASH,
    TABLE_HASH,
    CohortDigest,
    hash_attributes,
)
from lnmbench.store.cohort_scans import Scans
from lnmbench.store.hdf5_checks import (
    LayoutError,
    read_number_attribute,
    read_numbers,
    read_text_attribute,
    read_texts,
    require_dataset,
    require_members,
)

MEMBERS = ("slices", "masks", "checksums", "offsets", "cases", "columns")
TEXT_ATTRIBUTES = (
    *("dataset", "preprocessing", "card", "software", "key", "fingerprint"),
    *(TABLE_HASH, ATTRIBUTES_HASH),
)
NUMBER_ATTRIBUTES = ("format", "left_out")
LARGEST_PATCH = 4096
LARGEST_TABLE = 2**28
"""Values of all columns."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoredTable:
    """Ids, columns, scans and offsets of a cohort file; fields as in `Cohort`."""

    ids: tuple[str, ...]
    columns: tuple[Column, ...]
    values: Mapping[str, NDArray[np.float64] | NDArray[np.str_]]
    offsets: NDArray[np.int64]
    scans: Scans
    preprocessing: Preprocessing
    boxes: BoxTable | None = None


def read_table(file: h5py.File) -> StoredTable:
    """Return the table of an open cohort file.

    Raises `LayoutError` for anything that is not as `CohortWriter` writes it.
    """
    preprocessing = serialization.unpack(Preprocessing, read_text_attribute(file, "preprocessing"))
    has_boxes = bool(preprocessing.native_mm)
    require_members(file, (*MEMBERS, *([GROUP] if has_boxes else [])), "the file")
    require_members(file["cases"], ("id", *Scans.__dataclass_fields__), "the group of cases")
    offsets = _read_offsets(file, preprocessing)
    n = len(offsets) - 1
    ids = read_texts(require_dataset(file["cases"], "id", dtype=None, shape=(n,)))
    if len(set(ids)) < n or not all(ids):
        raise LayoutError("two cases have one id, or a case has none")
    columns, values = _read_columns(file, n)
    scans = {
        name: require_dataset(file["cases"], name, dtype=dtype, shape=(n, width))[:]
        for name, dtype, width in (
            ("spacing_mm", "<f8", 3),
            ("size", "<i8", 3),
            ("tumor_ml", "<f8", 2),
        )
    }
    return StoredTable(
        ids=tuple(ids),
        columns=columns,
        values=values,
        offsets=offsets,
        scans=Scans.from_arrays(scans),
        preprocessing=preprocessing,
        boxes=read_box_table(file, n) if has_boxes else None,
    )


def verify_table(file: h5py.File) -> StoredTable:
    """Return the table of an open cohort file after its hashes and those of its attributes.

    Raises `LayoutError` if a hash differs, and as `read_table` does.
    """
    if set(file.attrs) != {*TEXT_ATTRIBUTES, *NUMBER_ATTRIBUTES}:
        raise LayoutError("its description lacks or has an attribute")
    attributes: dict[str, object] = {
        name: read_text_attribute(file, name) for name in TEXT_ATTRIBUTES
    }
    attributes |= {name: read_number_attribute(file, name) for name in NUMBER_ATTRIBUTES}
    if attributes[ATTRIBUTES_HASH] != hash_attributes(attributes):
        raise LayoutError("its description (card, preprocessing, fingerprint) was changed")
    table = read_table(file)
    digest = CohortDigest(table.preprocessing)
    digest.add_checksums(file["checksums"][:])
    add_table(digest, table)
    if digest.fingerprint() != attributes[TABLE_HASH]:
        raise LayoutError("its ids, its table or its checksums were changed")
    return table


def add_table(digest: CohortDigest, table: StoredTable) -> None:
    """Add everything but the images to the hash of a cohort."""
    digest.add_cases(table.ids, table.offsets, table.scans)
    if table.boxes is not None:
        digest.add_arrays(table.boxes.arrays())
    for column in table.columns:
        digest.add_column(column, table.values[column.name])


def compute_checksums(slices: NDArray[np.int16], masks: NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each slice and of its mask.

    Parameters
    ----------
    slices
        HU, (s, patch, patch).
    masks
        Tumor masks, (s, patch, patch).

    Returns
    -------
    ndarray
        (s, 2).
    """
    return np.stack([compute_crc(slices), compute_crc(masks)], axis=1)


def compute_crc(images: NDArray[np.int16] | NDArray[np.uint8]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each image (s,) of HU or masks (s, patch, patch)."""
    stored = np.ascontiguousarray(images, dtype="u1" if images.dtype == np.uint8 else "<i2")
    return np.array([zlib.crc32(image.data) for image in stored], dtype="<u4")


def _read_offsets(file: h5py.File, preprocessing: Preprocessing) -> NDArray[np.int64]:
    side = preprocessing.patch
    if not 1 <= side <= LARGEST_PATCH:
        raise LayoutError(f"the patches have {side} pixels")
    offsets: NDArray[np.int64] = require_dataset(
        file, "offsets", dtype="<i8", shape=(None,), contiguous=True
    )[:]
    if not len(offsets) or offsets[0] != 0 or (offsets[1:] < offsets[:-1]).any():
        raise LayoutError("the slices of the cases are not in order")
    total = int(offsets[-1])
    require_dataset(file, "slices", dtype="<i2", shape=(total, side, side), contiguous=True)
    masks = require_dataset(file, "masks", dtype="u1", shape=(total, side, side))
    if masks.chunks not in (None, (1, side, side)):
        raise LayoutError(f"the masks have chunks of {masks.chunks}")
    require_dataset(file, "checksums", dtype="<u4", shape=(total, 2), contiguous=True)
    return offsets


def _read_columns(
    file: h5py.File, n: int
) -> tuple[tuple[Column, ...], dict[str, NDArray[np.float64] | NDArray[np.str_]]]:
    """Return the columns in their order, and the values of each."""
    group = file["columns"]
    require_members(group, group, "the table")
    if len(group) * n > LARGEST_TABLE:
        raise LayoutError(f"the table has {len(group)} columns for {n} cases")
    position_of = {name: read_number_attribute(group[name], "position") for name in group}
    if sorted(position_of.values()) != list(range(len(position_of))):
        raise LayoutError("the columns are not in order")
    columns: list[Column] = []
    values: dict[str, NDArray[np.float64] | NDArray[np.str_]] = {}
    for name in sorted(position_of, key=position_of.__getitem__):
        column = serialization.unpack(Column, read_text_attribute(group[name], "column"))
        is_text = column.role in TEXT_ROLES
        stored = require_dataset(group, name, dtype=None if is_text else "<f8", shape=(n,))
        if column.name in values:
            raise LayoutError(f"two columns are named {column.name[:40]!r}")
        values[column.name] = (
            np.asarray(read_texts(stored), dtype=str)
            if is_text
            else _require_codes(column, read_numbers(stored))
        )
        columns.append(column)
    return tuple(columns), values


def _require_codes(column: Column, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values; those of a column with categories are their numbers or NaN."""
    if column.kind != "continuous":
        known = values[~np.isnan(values)]
        wrong = (known < 0) | (known >= len(column.categories)) | (known != np.floor(known))
        if wrong.any():
            raise LayoutError(f"column {column.name[:40]!r} has a category that it does not list")
    return values
