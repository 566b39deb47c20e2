"""Cohort file (HDF5): written once, in the order of the cases, then read only.

Layout: `/slices` int16 (total, patch, patch), contiguous, so that training reads it as fast as a
flat file; `/checksums` uint32 (total), the CRC-32 of each slice; `/masks` uint8 (total, patch,
patch), compressed; `/offsets` int64 (n + 1), `/cases/id`, `/cases/spacing_mm`, `/cases/size` and
`/cases/tumor_ml` (the images before resampling), `/columns/<name>` (float64 with NaN for missing,
or text for id, patient and center) with the attribute `column`; root attributes format, dataset,
preprocessing, card, software, left_out, fingerprint (of the content) and attributes_hash (of the
other attributes). Masks and columns have HDF5's own checksum.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import TEXT_ROLES, Card, Cohort, Column, Preprocessing
from lnmbench.store import serialization
from lnmbench.store.cohort_digest import ATTRIBUTES_HASH, CohortDigest, hash_attributes
from lnmbench.store.cohort_scans import Scan, Scans, missing_scan, stack_scans
from lnmbench.store.hdf5 import create_hdf5

FORMAT = 3


class CohortWriter:
    """Writer of a cohort file, case by case; `writing_cohort` makes one."""

    def __init__(self, file: h5py.File, preprocessing: Preprocessing, total: int) -> None:
        self._file = file
        self._checksums = np.zeros(total, dtype="<u4")
        self._digest = CohortDigest(preprocessing)
        self._offsets = [0]
        self._scans: list[Scan] = []
        shape = (total, preprocessing.patch, preprocessing.patch)
        self._slices = file.create_dataset("slices", shape, "<i2")
        packed = {"chunks": (1, *shape[1:]), "compression": "lzf", "fletcher32": True}
        self._masks = file.create_dataset("masks", shape, "u1", **(packed if total else {}))

    def append(
        self, slices: NDArray[np.int16], masks: NDArray[np.uint8], scan: Scan | None = None
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
        """
        start, stop = self._offsets[-1], self._offsets[-1] + len(slices)
        if stop > len(self._checksums):
            raise ValueError(f"expected {len(self._checksums)} slices, got at least {stop}")
        if stop > start:
            self._slices[start:stop], self._masks[start:stop] = slices, masks
        self._checksums[start:stop] = compute_checksums(slices)
        self._digest.add_images(slices, masks)
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
        self._digest.add_cases(ids, offsets, scans)
        file.create_group("columns")
        for column in columns:
            self._add_column(column, values[column.name], text)
        file.attrs["format"] = FORMAT
        file.attrs["dataset"] = dataset
        file.attrs["card"] = serialization.pack(card)
        file.attrs["software"] = software
        file.attrs["left_out"] = left_out
        file.attrs["fingerprint"] = self._digest.fingerprint()
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
        self._digest.add_column(column, values)


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
        columns, values = read_columns(file)
        return Cohort(
            name=str(file.attrs["dataset"]),
            ids=tuple(str(case) for case in file["cases/id"].asstr()[:]),
            columns=columns,
            values=values,
            offsets=file["offsets"][:],
            card=serialization.unpack(Card, str(file.attrs["card"])),
            fingerprint=str(file.attrs["fingerprint"]),
            preprocessing=serialization.unpack(Preprocessing, str(file.attrs["preprocessing"])),
        )


def read_columns(
    file: h5py.File,
) -> tuple[tuple[Column, ...], dict[str, NDArray[np.float64] | NDArray[np.str_]]]:
    """Return the columns of an open cohort file in their order, and the values of each."""
    columns: list[Column] = []
    values: dict[str, NDArray[np.float64] | NDArray[np.str_]] = {}
    group = file["columns"]
    # by name: values() gives None for a damaged one
    stored = sorted((group[n] for n in group), key=lambda item: int(item.attrs["position"]))
    for item in stored:
        column = serialization.unpack(Column, str(item.attrs["column"]))
        columns.append(column)
        values[column.name] = (
            np.asarray(item.asstr()[:], dtype=str) if column.role in TEXT_ROLES else item[:]
        )
    return tuple(columns), values


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
        if not np.array_equal(compute_checksums(slices), file["checksums"][start:stop]):
            raise OSError(f"checksum mismatch in slices {start} to {stop}")
        return slices


def compute_checksums(slices: NDArray[np.int16]) -> NDArray[np.uint32]:
    """Return the CRC-32 of each slice.

    Parameters
    ----------
    slices
        HU, (s, patch, patch).

    Returns
    -------
    ndarray
        (s,).
    """
    stored = np.ascontiguousarray(slices, dtype="<i2")
    return np.array([zlib.crc32(image.data) for image in stored], dtype="<u4")


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
        return masks


def read_scans(path: Path) -> tuple[Scans, int]:
    """Return the scans before ingest, and the number of cases that were left out."""
    with open_cohort(path) as file:
        return Scans.from_arrays(file["cases"]), int(file.attrs["left_out"])


def is_of_older_format(path: Path) -> bool:
    """Return whether an earlier version wrote this cohort file, with another layout."""
    try:
        with h5py.File(path, "r") as file:
            return int(file.attrs.get("format", FORMAT)) < FORMAT
    except (OSError, KeyError, ValueError, TypeError, RuntimeError):
        return False


@contextmanager
def open_cohort(path: Path) -> Iterator[h5py.File]:
    """Open a cohort file for reading. Raises `UserError` for any fault of the file."""
    if not path.is_file():
        raise UserError("no such cohort file", where=str(path), then="lnmbench data ingest")
    try:
        with h5py.File(path, "r") as file:
            if int(file.attrs["format"]) != FORMAT:
                raise UserError(
                    "unsupported cohort file format",
                    where=str(path),
                    expected=f"format {FORMAT}",
                    got=str(file.attrs["format"]),
                    then="delete it to rebuild it",
                )
            yield file
    except (OSError, KeyError, ValueError, TypeError, RuntimeError) as error:
        raise UserError(
            "cannot read the cohort file",
            where=str(path),
            got=str(error)[:120],
            then="delete it to rebuild it",
        ) from error


def _quote(name: str) -> str:
    """Return a column name as one HDF5 link name: without slash, and not a single dot."""
    quoted = name.replace("%", "%25").replace("/", "%2F").replace("\x00", "%00")
    return quoted.replace(".", "%2E") if set(quoted) <= {"."} else quoted
