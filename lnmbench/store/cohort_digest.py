"""Fingerprint of a cohort: a hash of its content, independent of the file."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.records import TEXT_ROLES, Column, Preprocessing
from lnmbench.store import serialization
from lnmbench.store.cohort_scans import Scans

ATTRIBUTES_HASH = "attributes_hash"
"""Name of the attribute with the hash of the other attributes of a cohort file."""
TABLE_HASH = "table_hash"
"""Name of the attribute with the hash of everything but the images, which have checksums."""


class CohortDigest:
    """Hash of a cohort's parts, added in a fixed order: images, cases, columns."""

    def __init__(self, preprocessing: Preprocessing) -> None:
        self._hash = hashlib.sha256(serialization.pack(preprocessing).encode())

    def add_images(self, slices: NDArray[np.int16], masks: NDArray[np.uint8]) -> None:
        """Add the images of the next case.

        Parameters
        ----------
        slices
            HU, (s, patch, patch); of a native box, (z, y, x).
        masks
            The tumor in them, of the same shape, 0 or 1.
        """
        self._hash.update(np.ascontiguousarray(slices, dtype="<i2").data)
        self._hash.update(np.ascontiguousarray(masks, dtype="u1").data)

    def add_checksums(self, checksums: NDArray[np.uint32]) -> None:
        """Add the checksums of all images (total, 2) in place of the images."""
        self._hash.update(checksums.astype("<u4").tobytes())

    def add_arrays(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Add numbers of all cases, in their order: geometry and checksums of native boxes."""
        for numbers in arrays.values():
            self._hash.update(_unify_nan(numbers).tobytes())

    def add_cases(self, ids: Sequence[str], offsets: NDArray[np.int64], scans: Scans) -> None:
        """Add all cases.

        Parameters
        ----------
        ids
            Id of each case, (n,).
        offsets
            Slices of case i are `offsets[i]:offsets[i + 1]`, (n + 1,).
        scans
            The volumes before ingest.
        """
        self._hash.update("\x00".join(ids).encode())
        self._hash.update(offsets.astype("<i8").tobytes())
        for numbers in scans.arrays().values():
            self._hash.update(_unify_nan(numbers).tobytes())

    def add_column(
        self, column: Column, values: Sequence[float] | Sequence[str] | NDArray[np.generic]
    ) -> None:
        """Add a column of the table.

        Parameters
        ----------
        column
            The column.
        values
            Its value of each case, (n,): texts for a column of text, else numbers, NaN if missing.
        """
        self._hash.update(serialization.pack(column).encode())
        if column.role in TEXT_ROLES:
            self._hash.update("\x00".join(map(str, values)).encode())
        else:
            self._hash.update(_unify_nan(np.asarray(values, dtype="<f8")).tobytes())

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits."""
        return self._hash.hexdigest()[:32]


def hash_attributes(attributes: Mapping[str, object]) -> str:
    """Return a hash of a cohort file's attributes without the hash itself."""
    lines = sorted(
        f"{name}={value}" for name, value in attributes.items() if name != ATTRIBUTES_HASH
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def _unify_nan(numbers: NDArray[Any]) -> NDArray[Any]:
    """Return numbers with one bit pattern for NaN, so that missing values have equal hashes."""
    if numbers.dtype.kind != "f":
        return numbers
    return np.where(np.isnan(numbers), math.nan, numbers).astype("<f8")
