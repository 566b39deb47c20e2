"""Features of a file as an encoder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lnmbench import UserError, Weights
from lnmbench.errors import reading
from lnmbench_embeddings.rows import FeatureRows, arrange_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

Level = Literal["volume", "slice"]

KINDS = (".h5", ".hdf5", ".npz", ".parquet", ".csv", ".tsv")
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outline:
    """The content of a file without its features."""

    ids: tuple[str, ...]
    width: int


class Embeddings:
    """Features that other software computed, from a file (h5, npz, parquet, csv).

    Parameters
    ----------
    path
        The file: arrays `ids` and `features`, one array for each case, or a table with a column of
        ids and numbered columns of features.
    level
        `volume` for one row for each case, `slice` for one row for each slice of a case.
    id_column
        Name of the column of ids in a table.
    """

    def __init__(self, path: Path, level: Level = "volume", id_column: str = "id") -> None:
        self.level: Level = level
        self._path, self._id_column = path.expanduser(), id_column
        if self._path.suffix.lower() not in KINDS:
            raise UserError(
                f"features of an unknown kind of file, {path.name}", expected=", ".join(KINDS)
            )

    @property
    def out_dim(self) -> int:
        """The number of features."""
        return self._outline.width

    @property
    def weights(self) -> Weights:
        """The file with the checksum of its content, which takes the place of weights."""
        sha256 = _hash_file(self._path, _state(self._path))
        note = f"features of the file {self._path.name} (sha256 {sha256[:12]}…)"
        return Weights(source=f"file:{self._path.name}", sha256=sha256, note=note)

    def stages(self) -> nn.Sequential:
        """Return no stages: there is no network."""
        from torch import nn

        return nn.Sequential().eval()

    def case_ids(self) -> tuple[str, ...]:
        """Return the case of each row."""
        return self._outline.ids

    def features(self) -> NDArray[np.float32]:
        """Return the features of each row, (rows, out_dim)."""
        return read_rows(self._path, self.level, self._id_column).features

    @property
    def _outline(self) -> _Outline:
        return _read_outline(self._path, _state(self._path), self.level, self._id_column)


def read_rows(path: Path, level: Level, id_column: str) -> FeatureRows:
    """Return the rows of a file, those of a case in the order of its slices.

    Parameters
    ----------
    path
        The file, of one of `KINDS`.
    level
        The level of the features.
    id_column
        Name of the column of ids in a table.

    Raises
    ------
    UserError
        For a file that cannot be read, and for rows without an id or with wrong numbers.
    """
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv", ".parquet"):
        from lnmbench_embeddings.tables import read_csv, read_parquet

        read = read_parquet if kind == ".parquet" else read_csv
        content = read(path, id_column)
    else:
        from lnmbench_embeddings.arrays import read_hdf5, read_npz

        content = (read_npz if kind == ".npz" else read_hdf5)(path)
    return arrange_rows(content, path.name, numbered=level == "slice")


def _state(path: Path) -> tuple[int, int]:
    """Return size and time of a file, which change if its content does."""
    with reading(path):
        status = path.stat()
    return status.st_size, status.st_mtime_ns


# an encoder is built anew for each of its uses
@lru_cache(maxsize=8)
def _read_outline(path: Path, _state: tuple[int, int], level: Level, id_column: str) -> _Outline:
    rows = read_rows(path, level, id_column)
    return _Outline(ids=rows.ids, width=rows.features.shape[1])


@lru_cache(maxsize=8)
def _hash_file(path: Path, _state: tuple[int, int]) -> str:
    sha256 = hashlib.sha256()
    with reading(path), path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            sha256.update(block)
    return sha256.hexdigest()
