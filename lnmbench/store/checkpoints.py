"""Finished parts of a file that takes long to make: a killed process goes on from them.

A part is one .npz beside the file to come, named by its number; it appears whole or not at all,
and it carries a label of what it is a part of, so that one that belongs elsewhere is not taken.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lnmbench.store.atomic import replacing

SUFFIX = ".parts"
_LABEL = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The finished parts of one file, in a folder beside it."""

    folder: Path

    @classmethod
    def of(cls, path: Path) -> Parts:
        """Return the parts of the file that is to come to `path`."""
        return cls(folder=path.with_suffix(SUFFIX))

    def write(self, number: int, label: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep a finished part. Raises `UserError` where there is no space."""
        with replacing(self._path(number)) as beside, beside.open("wb") as stream:
            stored: dict[str, Any] = {**arrays, _LABEL: np.frombuffer(label.encode(), np.uint8)}
            np.savez(stream, **stored)

    def read(self, number: int, label: str) -> dict[str, NDArray[Any]] | None:
        """Return a part's arrays; None where it is not there, damaged, or of another label."""
        try:
            # numpy would leave a damaged file open
            with (
                self._path(number).open("rb") as stream,
                np.load(stream, allow_pickle=False) as stored,
            ):
                if stored[_LABEL].tobytes() != label.encode():
                    return None
                return {name: stored[name] for name in stored.files if name != _LABEL}
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return None

    def remove(self) -> None:
        """Remove every part."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.npz"
