"""The cohort file (HDF5): written once, in the order of the cases, and only read from then on.

Layout: `/slices` int16 (total, patch, patch), `/masks` uint8 likewise, `/offsets` int64 (n + 1),
`/cases/id`, `/columns/<name>` (float64 with NaN for missing, or text for id, patient and center)
with the attribute `column`; root attributes format, dataset, preprocessing, card, software,
fingerprint. Every chunk carries a checksum (fletcher32).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from lnmbench.errors import UserError
from lnmbench.records import TEXT_ROLES, Card, Cohort, Column, Preprocessing
from lnmbench.store import packing
from lnmbench.store.hdf5 import creating

FORMAT = 1


class CohortWriter:
    """Takes cases one after another; made by `writing_cohort`."""

    def __init__(self, file: h5py.File, preprocessing: Preprocessing) -> None:
        self._file = file
        self._digest = hashlib.sha256(packing.pack(preprocessing).encode())
        self._offsets = [0]
        side = preprocessing.patch
        chunked: dict[str, Any] = {
            "shape": (0, side, side),
            "maxshape": (None, side, side),
            "chunks": (1, side, side),
            "shuffle": True,
            "compression": "lzf",
            "fletcher32": True,
        }
        self._slices = file.create_dataset("slices", dtype="i2", **chunked)
        self._masks = file.create_dataset("masks", dtype="u1", **chunked)

    def append(self, slices: NDArray[np.int16], masks: NDArray[np.uint8]) -> None:
        """Add the images of the next case: (s, patch, patch) each; s = 0 where it has none."""
        start, stop = self._offsets[-1], self._offsets[-1] + len(slices)
        for dataset, images in ((self._slices, slices), (self._masks, masks)):
            dataset.resize(stop, axis=0)
            dataset[start:stop] = images
            self._digest.update(np.ascontiguousarray(images).tobytes())
        self._offsets.append(stop)

    def finish(
        self,
        *,
        dataset: str,
        ids: Sequence[str],
        columns: Sequence[Column],
        values: Mapping[str, Sequence[float] | Sequence[str]],
        card: Card,
        software: str,
    ) -> None:
        """Write the table and the attributes; `values` holds one list for each column."""
        file = self._file
        file["offsets"] = np.asarray(self._offsets, dtype=np.int64)
        text = h5py.string_dtype("utf-8")
        file.create_dataset("cases/id", data=list(ids), dtype=text)
        self._digest.update("\x00".join(ids).encode())
        file.create_group("columns")
        for column in columns:
            self._column(column, values[column.name], text)
        file.attrs["format"] = FORMAT
        file.attrs["dataset"] = dataset
        file.attrs["card"] = packing.pack(card)
        file.attrs["software"] = software
        file.attrs["fingerprint"] = self._digest.hexdigest()[:32]

    def _column(self, column: Column, values: Sequence[Any], text: Any) -> None:
        path = f"columns/{_quoted(column.name)}"
        if column.role in TEXT_ROLES:
            stored = self._file.create_dataset(path, data=list(values), dtype=text)
            raw = "\x00".join(values).encode()
        else:
            numbers = np.asarray(values, dtype="<f8")
            # NaN has many bit patterns; missing must hash alike
            raw = np.where(np.isnan(numbers), math.nan, numbers).astype("<f8").tobytes()
            stored = self._file.create_dataset(path, data=numbers, fletcher32=True)
        stored.attrs["column"] = packing.pack(column)
        stored.attrs["position"] = len(self._file["columns"]) - 1
        self._digest.update(packing.pack(column).encode() + raw)


@contextmanager
def writing_cohort(path: Path, preprocessing: Preprocessing) -> Iterator[CohortWriter]:
    """Write a cohort file that appears at `path` when the block succeeds."""
    with creating(path) as file:
        file.attrs["preprocessing"] = packing.pack(preprocessing)
        yield CohortWriter(file, preprocessing)


def read_cohort(path: Path) -> Cohort:
    """Return the tabular part of a cohort file. Raises `UserError` where it cannot be read."""
    with _opened(path) as file:
        columns, values = [], {}
        stored = sorted(file["columns"].values(), key=lambda item: int(item.attrs["position"]))
        for item in stored:
            column = packing.column(str(item.attrs["column"]))
            columns.append(column)
            values[column.name] = (
                np.asarray(item.asstr()[:], dtype=str) if column.role in TEXT_ROLES else item[:]
            )
        return Cohort(
            name=str(file.attrs["dataset"]),
            ids=tuple(str(case) for case in file["cases/id"].asstr()[:]),
            columns=tuple(columns),
            values=values,
            offsets=file["offsets"][:],
            card=packing.card(str(file.attrs["card"])),
            fingerprint=str(file.attrs["fingerprint"]),
            preprocessing=packing.preprocessing(str(file.attrs["preprocessing"])),
            path=path,
        )


def read_slices(path: Path, start: int, stop: int) -> NDArray[np.int16]:
    """Return HU of the slices start:stop, (stop - start, patch, patch)."""
    with _opened(path) as file:
        slices: NDArray[np.int16] = file["slices"][start:stop]
        return slices


@contextmanager
def _opened(path: Path) -> Iterator[h5py.File]:
    if not path.is_file():
        raise UserError("no such cohort file", where=str(path), then="lnmbench run makes it")
    try:
        with h5py.File(path, "r") as file:
            if int(file.attrs["format"]) != FORMAT:
                raise UserError(
                    "cohort file of another format",
                    where=str(path),
                    expected=f"format {FORMAT}",
                    got=str(file.attrs["format"]),
                    then="delete it; it is made again",
                )
            yield file
    except (OSError, KeyError, ValueError) as error:
        raise UserError(
            "unreadable cohort file",
            where=str(path),
            got=str(error)[:120],
            then="delete it; it is made again",
        ) from error


def _quoted(name: str) -> str:
    """A column name as one HDF5 link name: no slash, and not a lone dot."""
    quoted = name.replace("%", "%25").replace("/", "%2F").replace("\x00", "%00")
    return quoted.replace(".", "%2E") if set(quoted) <= {"."} else quoted
