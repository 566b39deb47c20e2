"""Checkpoints of a file that takes long to make: a killed process resumes from its parts.

A part is a file in a folder next to the file, named by its number: the SHA-256 of its content, and
arrays as safetensors, which are read much faster than those of an .npz. It appears complete or not
at all, and it has a label of the file and its settings, so that damaged parts and those of other
settings are ignored.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from lnmbench.store.atomic import make_private_folder, replacing
from lnmbench.store.file_errors import writing

SUFFIX = ".parts"
PART_FILES = "[0-9]*.safetensors"
"""The pattern of the names of parts in their folder."""
_LABEL = "label"
_DIGEST_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Finished parts of one file, in a folder next to it."""

    folder: Path

    @classmethod
    def for_file(cls, path: Path) -> Parts:
        """Return the parts of the file at `path`."""
        return cls(folder=path.with_suffix(SUFFIX))

    def write(self, number: int, label: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Store a finished part. Raises `UserError` if no space is left.

        Parameters
        ----------
        number
            Number of the part.
        label
            The file and its settings as text.
        arrays
            Arrays by name, of any shape.
        """
        stored = {**arrays, _LABEL: np.frombuffer(label.encode(), np.uint8)}
        # safetensors writes the memory of an array, whatever the order of its axes
        content = save({name: np.asarray(each, order="C") for name, each in stored.items()})
        with writing(self.folder):
            make_private_folder(self.folder)
        path = self._path(number)
        # unfinished parts leave with the folder; a search for them in each write would be quadratic
        with (
            replacing(path, private=True, sweep=False) as temporary_path,
            temporary_path.open("wb") as stream,
        ):
            stream.write(hashlib.sha256(content).digest())
            stream.write(content)

    def read(self, number: int, label: str) -> dict[str, NDArray[Any]] | None:
        """Return a part's arrays, or None if it is absent, damaged, or of another label."""
        try:
            with self._path(number).open("rb") as stream:
                digest, content = stream.read(_DIGEST_BYTES), stream.read()
            if hashlib.sha256(content).digest() != digest:
                return None
            stored: dict[str, NDArray[Any]] = load(content)
        except (OSError, SafetensorError):
            return None
        stored_label = stored.pop(_LABEL, None)
        if stored_label is None or stored_label.tobytes() != label.encode():
            return None
        return stored

    def remove(self) -> None:
        """Remove every part."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06d}.safetensors"
