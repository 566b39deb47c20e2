"""Writer of a cohort file, in the layout of `cohort_file`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TEXT_ROLES, Card, Column, NativeBox, Preprocessing
from lnmbench.store import serialization
from lnmbench.store.box_table import BoxWriter
from lnmbench.store.cohort_digest import ATTRIBUTES_HASH, TABLE_HASH, CohortDigest, hash_attributes
from lnmbench.store.cohort_opening import FORMAT
from lnmbench.store.cohort_scans import Scan, missing_scan, stack_scans
from lnmbench.store.cohort_table import compute_checksums
from lnmbench.store.hdf5 import create_hdf5


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


def _quote(name: str) -> str:
    """Return a column name as one HDF5 link name: without slash, and not a single dot."""
    quoted = name.replace("%", "%25").replace("/", "%2F").replace("\x00", "%00")
    return quoted.replace(".", "%2E") if set(quoted) <= {"."} else quoted
