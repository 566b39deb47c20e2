"""Cohort file (HDF5): written once by `cohort_writer`, in the order of the cases, then read only.

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

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import Card, Cohort
from lnmbench.store import serialization
from lnmbench.store.cohort_opening import open_cohort
from lnmbench.store.cohort_scans import Scans
from lnmbench.store.cohort_table import StoredTable, compute_crc, read_table
from lnmbench.store.hdf5_checks import read_number_attribute, read_text_attribute


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
