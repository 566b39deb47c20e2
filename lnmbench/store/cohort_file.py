"""Cohort file (HDF5): written once, in the order of the cases, then read only.

Layout: `/slices` int16 (total, patch, patch), contiguous, so that training reads it as fast as a
flat file; `/masks` uint8 (total, patch, patch), compressed; `/checksums` uint32 (total, 2), the
CRC-32 of each slice and of its mask; `/offsets` int64 (n + 1); `/cases/id`; `/cases/spacing_mm`,
`/cases/size` and `/cases/tumor_ml` (the images before resampling); `/columns/<name>` (float64 with
NaN for missing, or text for id, patient and center) with the attributes `column` and `position`;
root attributes format, dataset, preprocessing, card, software, left_out, key (of the sources),
fingerprint (of the content), table_hash (of the table and the checksums) and attributes_hash (of
the other attributes); and native boxes, if ingest keeps them (`box_table`). A reader verifies
layout and hashes once, and the checksums of the images that it reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TEXT_ROLES, Card, Cohort, Column, NativeBox, Preprocessing
from lnmbench.store import serialization
from lnmbench.store.box_table import BoxWriter
from lnmbench.store.cohort_digest import (
    ATTRIBUTES_HASH,
    TABLE_HASH,
    CohortDigest,
    hash_attributes,
)
from lnmbench.store.cohort_opening import FORMAT, open_cohort
from lnmbench.store.cohort_scans import Scan, Scans, missing_scan, stack_scans
from lnmbench.store.cohort_table import StoredTable, compute_checksums, compute_crc, read_table
from lnmbench.store.hdf5 import create_hdf5
from lnmbench.store.hdf5_checks import read_number_attribute, read_text_attribute


class CohortWriter:
    """Writer of a cohort file, case by case; `writing_cohort` makes one."""

    def __init__(self, file: h5py.File, preprocessing: Preprocessing, total: int) -> None:
        self._file = file
        self._checksums = np.zeros((total, 2), dtype="<u4")
        self._digest = CohortDigest(preprocessing)
        self._table_digest = CohortDigest(preprocessing)
        self._offsets = [0]
        self._scans: list[Scan] = []
        self._boxes = BoxWriter(file) if preprocessing.native_mm else None
        shape = (total, preprocessing.patch, preprocessing.patch)
        self._slices = file.create_dataset("slices", shape, "<i2")
        packed = {"chunks": (1, *shape[1:]), "compression": "lzf", "fletcher32": True}
        self._masks = file.create_dataset("masks", shape, "u1", **(packed if total else {}))

    def append(
        self,
        slices: NDArray[np.int16],
        masks: NDArray[np.uint8],
        scan: Scan | None = None,
        box: NativeBox | None = None,
    ) -> None:
        """Add the images of the next case.

        Parameters
        ----------
        slices
            HU, (s, patch, patch); s is 0 without images.
        masks
            Tumor masks of 0 and 1, (s, patch, patch).
        scan
            The volume before ingest, None without images.
        box
            The CT at its own resolution, if the preprocessing keeps it.
        """
        start, stop = self._offsets[-1], self._offsets[-1] + len(slices)
        if stop > len(self._checksums):
            raise ValueError(f"expected {len(self._checksums)} slices, got at least {stop}")
        if stop > start:
            self._slices[start:stop], self._masks[start:stop] = slices, masks
        self._checksums[start:stop] = compute_checksums(slices, masks)
        self._digest.add_images(slices, masks)
        if self._boxes is not None:
            self._boxes.append(box)
            if box is not None:
                self._digest.add_images(box.hu, box.mask)
        self._offsets.append(stop)
        self._scans.append(scan or missing_scan())

    def finish(
        self,
        *,
        dataset: str,
        ids: Sequence[str],
        columns: Sequence[Column],
        values: Mapping[str, Sequence[float] | Sequence[str]],
        card: Card,
        software: str,
        left_out: int = 0,
        key: str = "",
    ) -> None:
        """Write the table and the attributes.

        Parameters
        ----------
        dataset
            The choice of the data set as typed.
        ids
            Id of each case, (n,).
        columns
            Columns of the table.
        values
            For each column by name, one value of each case, (n,).
        card
            The card of the data set.
        software
            Versions that made the file.
        left_out
            Number of cases that were left out.
        key
            Hash of the sources and settings, which is part of the file's name.
        """
        file, scans = self._file, stack_scans(self._scans)
        offsets = np.asarray(self._offsets, dtype=np.int64)
        if self._offsets[-1] != len(self._checksums):
            raise ValueError(f"expected {len(self._checksums)} slices, got {offsets[-1]}")
        file["offsets"] = offsets
        file.create_dataset("checksums", data=self._checksums)
        text = h5py.string_dtype("utf-8")
        file.create_dataset("cases/id", data=list(ids), dtype=text)
        for name, numbers in scans.arrays().items():
            file.create_dataset(f"cases/{name}", data=numbers, fletcher32=True)
        self._table_digest.add_checksums(self._checksums)
        for digest in (self._digest, self._table_digest):
            digest.add_cases(ids, offsets, scans)
        if self._boxes is not None:
            boxes = self._boxes.finish().arrays()
            self._digest.add_arrays(boxes)
            self._table_digest.add_arrays(boxes)
        file.create_group("columns")
        for column in columns:
            self._add_column(column, values[column.name], text)
        file.attrs["format"] = FORMAT
        file.attrs["dataset"] = dataset
        file.attrs["card"] = serialization.pack(card)
        file.attrs["software"] = software
        file.attrs["left_out"] = left_out
        file.attrs["key"] = key
        file.attrs["fingerprint"] = self._digest.fingerprint()
        file.attrs[TABLE_HASH] = self._table_digest.fingerprint()
        file.attrs[ATTRIBUTES_HASH] = hash_attributes(file.attrs)

    def _add_column(
        self, column: Column, values: Sequence[float] | Sequence[str], text: object
    ) -> None:
        path = f"columns/{_quote(column.name)}"
        if column.role in TEXT_ROLES:
            stored = self._file.create_dataset(path, data=list(values), dtype=text)
        else:
            numbers = np.asarray(values, dtype="<f8")
            stored = self._file.create_dataset(path, data=numbers, fletcher32=True)
        stored.attrs["column"] = serialization.pack(column)
        stored.attrs["position"] = len(self._file["columns"]) - 1
        for digest in (self._digest, self._table_digest):
            digest.add_column(column, values)


@contextmanager
def writing_cohort(
    path: Path, preprocessing: Preprocessing, *, slices: int
) -> Iterator[CohortWriter]:
    """Yield the writer of a cohort file that appears at `path` when the block succeeds.

    Parameters
    ----------
    path
        The cohort file.
    preprocessing
        Spacing and size of the patches.
    slices
        Number of slices of all cases.
    """
    with create_hdf5(path) as file:
        file.attrs["preprocessing"] = serialization.pack(preprocessing)
        yield CohortWriter(file, preprocessing, slices)


def read_cohort(path: Path) -> Cohort:
    """Return the tabular part of a cohort file. Raises `UserError` if it cannot be read."""
    with open_cohort(path) as file:
        table = read_table(file)
        return Cohort(
            name=read_text_attribute(file, "dataset"),
            ids=table.ids,
            columns=table.columns,
            values=table.values,
            offsets=table.offsets,
            card=serialization.unpack(Card, read_text_attribute(file, "card")),
            fingerprint=read_text_attribute(file, "fingerprint"),
            preprocessing=table.preprocessing,
            read_masks=CaseMasks(path, table.offsets) if _has_regions(table) else None,
        )


def _has_regions(table: StoredTable) -> bool:
    return bool(table.offsets[-1]) and table.preprocessing.region == "tumor"


def read_key(path: Path) -> str:
    """Return the hash of the sources and settings that a cohort file was made of."""
    with open_cohort(path) as file:
        return read_text_attribute(file, "key")


def read_slices(path: Path, start: int, stop: int) -> NDArray[np.int16]:
    """Return HU of some slices after a check of their checksums.

    Parameters
    ----------
    path
        The cohort file.
    start, stop
        The first slice, and the one after the last.

    Returns
    -------
    ndarray
        HU as int16, (stop - start, patch, patch).
    """
    with open_cohort(path) as file:
        slices: NDArray[np.int16] = file["slices"][start:stop]
        _require_checksums(slices, file["checksums"][start:stop, 0], f"slices {start} to {stop}")
        return slices


def iterate_slices(path: Path, numbers: NDArray[np.int64]) -> Iterator[NDArray[np.int16]]:
    """Yield HU (patch, patch) of single slices after a check of their checksums.

    Parameters
    ----------
    path
        The cohort file.
    numbers
        Positions of the slices in the file, (k,).
    """
    with open_cohort(path) as file:
        stored, checksums = file["slices"], file["checksums"]
        for number in numbers.tolist():
            image: NDArray[np.int16] = stored[number]
            _require_checksums(image[None], checksums[number : number + 1, 0], f"slice {number}")
            yield image


class CaseMasks:
    """The tumor masks of a cohort file, read case by case."""

    def __init__(self, path: Path, offsets: NDArray[np.int64]) -> None:
        self._path, self._offsets = path, offsets

    def __call__(self, case: int) -> NDArray[np.uint8]:
        """Return the tumor masks of a case, uint8 (slices, patch, patch)."""
        return read_masks(self._path, int(self._offsets[case]), int(self._offsets[case + 1]))


def read_masks(path: Path, start: int, stop: int) -> NDArray[np.uint8]:
    """Return the tumor masks of some slices.

    Parameters
    ----------
    path
        The cohort file.
    start, stop
        The first slice, and the one after the last.

    Returns
    -------
    ndarray
        Masks of 0 and 1 as uint8, (stop - start, patch, patch).
    """
    with open_cohort(path) as file:
        masks: NDArray[np.uint8] = file["masks"][start:stop]
        _require_checksums(masks, file["checksums"][start:stop, 1], f"masks {start} to {stop}")
        return masks


def read_scans(path: Path) -> tuple[Scans, int]:
    """Return the scans before ingest, and the number of cases that were left out."""
    with open_cohort(path) as file:
        return Scans.from_arrays(file["cases"]), read_number_attribute(file, "left_out")


def _require_checksums(
    images: NDArray[np.int16] | NDArray[np.uint8], stored: NDArray[np.uint32], place: str
) -> None:
    if not np.array_equal(compute_crc(images), stored):
        raise OSError(f"checksum mismatch in {place}")


def _quote(name: str) -> str:
    """Return a column name as one HDF5 link name: without slash, and not a single dot."""
    quoted = name.replace("%", "%25").replace("/", "%2F").replace("\x00", "%00")
    return quoted.replace(".", "%2E") if set(quoted) <= {"."} else quoted
